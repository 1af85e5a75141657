import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Popconfirm } from "antd";
import { Link } from "react-router";
import { answer, api } from "../api/client";
import type { ProposalShown } from "../api/client";
import { beijing, Moment } from "../parts/time";
import { useSession } from "../session/session";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";

/** What waits for a second person, wherever somebody may be that person. */
export function WaitingProposals() {
  const { say } = useWords();
  const found = useQuery({ queryKey: ["proposals"], queryFn: () => answer(api.GET("/api/proposals")) });
  const waiting = found.data?.proposals ?? [];
  if (waiting.length === 0) return null;
  return (
    <section className="case-panel">
      <h2>{say("proposals_title")}</h2>
      <ProposalList proposals={waiting} linked />
    </section>
  );
}

export function ProposalList({ proposals, linked = false }: { proposals: ProposalShown[]; linked?: boolean }) {
  const { say, pick } = useWords();
  const { may } = useSession();
  return (
    <>
      {proposals.map((one) => (
        <Alert
          key={one.id}
          type={one.answer === null ? "warning" : "info"}
          showIcon
          title={
            <>
              {pick(one.kind.words)}
              {one.answer ? ` · ${pick(one.answer.words)}` : ` · ${say("proposals_title")}`}
            </>
          }
          description={
            <>
              <div>{one.reason}</div>
              <Times facts={one.facts} />
              <div className="small muted">
                {say("proposals_by", { name: one.name ?? one.person })} · <Moment utc={one.stated_at} />
                {one.answered_name ? ` · ${one.answered_name}` : ""}
              </div>
              {linked ? <Link to={`/actions/${one.action}`}>{say("findings_go_action")}</Link> : null}
            </>
          }
          action={one.answer === null && may("CONFIRM_CASES") ? <Answer proposal={one.id} /> : undefined}
        />
      ))}
    </>
  );
}

function Times({ facts }: { facts: ProposalShown["facts"] }) {
  const [start, end] = [facts["start"], facts["end"]];
  if (typeof start !== "string" || typeof end !== "string") return null;
  return (
    <div className="moment">
      {beijing(start)} – {beijing(end).slice(11)}
    </div>
  );
}

function Answer({ proposal }: { proposal: string }) {
  const { say } = useWords();
  const params = { path: { proposal } };
  const approve = useDoing(() => answer(api.POST("/api/proposals/{proposal}/approve", { params, body: {} })));
  const refuse = useDoing(() => answer(api.POST("/api/proposals/{proposal}/refuse", { params, body: {} })));
  return (
    <div className="actions">
      <Popconfirm
        title={say("proposals_approve_ask")}
        okText={say("proposals_approve")}
        cancelText={say("cancel")}
        onConfirm={() => approve.mutate(undefined)}
      >
        <Button size="small" type="primary" loading={approve.isPending}>
          {say("proposals_approve")}
        </Button>
      </Popconfirm>
      <Button size="small" loading={refuse.isPending} onClick={() => refuse.mutate(undefined)}>
        {say("proposals_refuse")}
      </Button>
    </div>
  );
}
