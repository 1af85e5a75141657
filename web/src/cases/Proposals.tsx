import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Popconfirm } from "antd";
import { Link } from "react-router";
import { answer, api } from "../api/client";
import type { ProposalShown } from "../api/client";
import { beijing, Moment } from "../parts/time";
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
      <ProposalList proposals={waiting} confirms linked />
    </section>
  );
}

interface Listed {
  proposals: ProposalShown[];
  /** Whether whoever looks may answer those of others. */
  confirms: boolean;
  linked?: boolean;
}

export function ProposalList({ proposals, confirms, linked = false }: Listed) {
  const { say, pick } = useWords();
  return (
    <>
      {proposals.map((one) => (
        <Alert
          key={one.id}
          type={one.answer === null ? "warning" : "info"}
          showIcon
          title={
            <>
              {linked ? (
                <Link to={`/actions/${one.action}`}>
                  {one.case_number ? `${one.case_number} · ` : ""}
                  {pick(one.action_type.words)}
                </Link>
              ) : null}{" "}
              {pick(one.kind.words)}
              {one.answer ? ` · ${pick(one.answer.words)}` : ` · ${say("proposals_title")}`}
            </>
          }
          description={
            <>
              <div>{one.reason}</div>
              <Times facts={one.facts} />
              <div className="small muted">
                {say("proposals_by", { name: one.name ?? say("users_erased") })} · <Moment utc={one.stated_at} />
                {one.answered_name ? ` · ${one.answered_name}` : ""}
              </div>
              {one.answer === null && one.is_own ? <div className="small">{say("proposals_own")}</div> : null}
            </>
          }
          action={one.answer === null && (confirms || one.is_own) ? <Answer proposal={one} /> : undefined}
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

function Answer({ proposal }: { proposal: ProposalShown }) {
  const { say } = useWords();
  const params = { path: { proposal: proposal.id } };
  const approve = useDoing(() => answer(api.POST("/api/proposals/{proposal}/approve", { params, body: {} })));
  const refuse = useDoing(() => answer(api.POST("/api/proposals/{proposal}/refuse", { params, body: {} })));
  const withdraw = useDoing(() => answer(api.POST("/api/proposals/{proposal}/withdraw", { params })));
  if (proposal.is_own) {
    return (
      <Button size="small" loading={withdraw.isPending} onClick={() => withdraw.mutate(undefined)}>
        {say("proposals_withdraw")}
      </Button>
    );
  }
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
