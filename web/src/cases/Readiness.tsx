import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { answer, api } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { useWords } from "../words/language";

const MOODS = { GREEN: "good", RED: "bad", UNKNOWN: "plain-status" } as const;
const ORDER = { RED: 0, UNKNOWN: 1, GREEN: 2 } as const;

/**
 * Whether an action can go out: each point in words, what is red first and with what to do. What would
 * refuse the start stands above, with its clauses, and is only counted here.
 */
export function Readiness({ action }: { action: string }) {
  const { say, pick } = useWords();
  const found = useQuery({
    queryKey: ["action", action, "readiness"],
    queryFn: () => answer(api.GET("/api/actions/{action}/readiness", { params: { path: { action } } })),
  });
  if (found.error) return <Trouble problem={found.error} again={() => void found.refetch()} />;
  if (!found.data) return null;
  const points = found.data.points.filter((one) => one.point !== "GUARD").sort((one, other) => ORDER[one.light] - ORDER[other.light]);
  const red = found.data.points.filter((one) => one.light === "RED").length;
  return (
    <section className="case-panel" aria-label={say("ready_title")}>
      <div className="title-line">
        <h2>{say("ready_title")}</h2>
        <span className={`status ${red > 0 ? "bad" : "good"}`}>
          {red > 0 ? say("ready_no", { count: red }) : say("ready_yes")}
        </span>
        <Button size="small" loading={found.isFetching} onClick={() => void found.refetch()}>
          {say("ready_again")}
        </Button>
      </div>
      <ul className="plain points">
        {points.map((one, place) => (
          <li key={one.point + one.about + String(place)} data-light={one.light}>
            <span className={`status ${MOODS[one.light]}`}>{say(`light_${one.light}`)}</span>{" "}
            {pick(one.words)}
            {one.todo ? (
              <div className="small">
                <strong>{say("ready_todo")}</strong>
                {pick(one.todo)}
              </div>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
