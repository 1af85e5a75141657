import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { answer, api } from "../api/client";
import type { CaseTermShown } from "../api/client";
import { Moment } from "../parts/time";
import { useSession } from "../session/session";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";
import { usePeriod } from "../words/period";
import { CASE_TERM } from "./facts";
import { FactForm } from "./FactForm";
import type { Around } from "./fields";
import { Clauses } from "./parts";

/** How long the case file is kept, as it was stated; an earlier end waits for a second person. */
export function CaseTerms({ of, around }: { of: string; around: Around }) {
  const { say } = useWords();
  const { may } = useSession();
  const [stating, setStating] = useState(false);
  const found = useQuery({
    queryKey: ["retention", "terms", of],
    queryFn: () => answer(api.GET("/api/cases/{case}/terms", { params: { path: { case: of } } })),
    enabled: may("READ_RETENTION"),
  });
  if (!found.data) return null;
  const { terms } = found.data;
  return (
    <>
      <div className="title-line below">
        <h2>{say("term_title")}</h2>
        {may("CHANGE_RETENTION") ? (
          <Button size="small" onClick={() => setStating(true)}>
            {say("term")}
          </Button>
        ) : null}
      </div>
      {terms.length === 0 ? <p className="muted">{say("term_none")}</p> : null}
      <ul className="points">
        {terms.map((one) => (
          <li key={one.id}>
            <Term one={one} />
          </li>
        ))}
      </ul>
      {stating ? <FactForm fact={CASE_TERM} of={of} around={around} onClose={() => setStating(false)} /> : null}
    </>
  );
}

function Term({ one }: { one: CaseTermShown }) {
  const { say, pick } = useWords();
  const { may } = useSession();
  const inWords = usePeriod();
  const params = { path: { term: one.id } };
  const give = useDoing((approve: boolean) => answer(api.POST("/api/terms/{term}/answer", { params, body: { approve } })));
  const ends = one.ends_on ? say("term_until", { day: one.ends_on }) : inWords(one.period);
  return (
    <>
      <strong>
        {one.class_code} · {ends}
      </strong>{" "}
      {one.is_real_estate ? `${say("term_real_estate")} ` : ""}
      {one.waits ? <span className="status partly">{say("retention_waits")}</span> : null}
      {one.answer ? pick(one.answer.words) : null}
      {one.source ? <Clauses clauses={[one.source]} /> : null}
      <div className="small muted">
        {one.person_name ?? "—"} · <Moment utc={one.stated_at} />
      </div>
      {one.waits && may("CONFIRM_RETENTION") ? (
        <div className="actions">
          {one.is_own ? (
            <span className="small">{say("term_own")}</span>
          ) : (
            <Button size="small" type="primary" loading={give.isPending} onClick={() => give.mutate(true)}>
              {say("retention_approve")}
            </Button>
          )}
          <Button size="small" loading={give.isPending} onClick={() => give.mutate(false)}>
            {say(one.is_own ? "retention_withdraw" : "retention_refuse")}
          </Button>
        </div>
      ) : null}
    </>
  );
}
