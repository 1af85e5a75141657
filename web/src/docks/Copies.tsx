import { useQuery } from "@tanstack/react-query";
import { Alert, Card, Statistic, Tooltip } from "antd";
import { answer, api } from "../api/client";
import { Moment } from "../parts/time";
import { useWords } from "../words/language";

const AGAIN_MS = 60_000;

/** What is known of every stored copy: verified, failed, not checked, and the oldest of them. */
export function Copies() {
  const { say, language } = useWords();
  const found = useQuery({
    queryKey: ["copies"],
    queryFn: () => answer(api.GET("/api/copies")),
    refetchInterval: AGAIN_MS,
  });
  const copies = found.data;
  if (!copies || copies.recordings === 0) return null;
  const failed = copies.vaults.some((vault) => vault.failed > 0);
  const oldest = copies.vaults.map((vault) => vault.oldest).filter((at) => at !== null).sort()[0];
  return (
    <section aria-label={say("copies_title")}>
      <div className="title-line">
        <h2>{say("copies_title")}</h2>
        <span className="muted">
          {say("copies_twice", { twice: copies.twice, all: copies.recordings })}
        </span>
      </div>
      {failed ? <Alert type="error" showIcon banner role="alert" title={say("copies_bad")} /> : null}
      <div className="counts">
        {copies.vaults.map((vault) => (
          <Card
            key={vault.vault}
            size="small"
            title={say(vault.role === "FIRST" ? "copies_first" : "copies_second")}
          >
            <div className="counts">
              <Statistic title={say("copies_verified")} value={vault.verified} />
              <Statistic title={say("copies_failed")} value={vault.failed} />
              <Statistic title={say("copies_not_checked")} value={vault.not_checked} />
            </div>
          </Card>
        ))}
      </div>
      <p className="muted">
        <Tooltip title={copies.basis[language]}>{say("copies_every", { days: copies.every_days })}</Tooltip>{" "}
        {oldest ? (
          <>
            {say("copies_oldest")} <Moment utc={oldest} />
          </>
        ) : null}
      </p>
    </section>
  );
}
