import { useQuery } from "@tanstack/react-query";
import { Button, Empty, Popconfirm, Table } from "antd";
import { Link } from "react-router";
import { answer, api } from "../api/client";
import type { CandidateShown, WaitingShown } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { beijing, Moment } from "../parts/time";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";

/** Footage that waits for somebody's word: nothing is guessed here, reasons stand beside each choice. */
export function Inbox() {
  const { say } = useWords();
  const inbox = useQuery({ queryKey: ["inbox"], queryFn: () => answer(api.GET("/api/inbox")) });
  return (
    <>
      <h1 className="title">{say("inbox_title")}</h1>
      <p className="muted">{say("inbox_hint", { hours: inbox.data?.within_hours ?? "…" })}</p>
      {inbox.error ? <Trouble problem={inbox.error} again={() => void inbox.refetch()} /> : null}
      <Table<WaitingShown>
        rowKey="recording"
        size="middle"
        loading={inbox.isPending}
        dataSource={inbox.data?.waiting ?? []}
        pagination={(inbox.data?.waiting.length ?? 0) > 50 ? { pageSize: 50 } : false}
        scroll={{ x: "max-content" }}
        locale={{ emptyText: <Empty description={say("inbox_none")} /> }}
        columns={[
          { title: say("inbox_recording"), key: "recording", render: (_, one) => <Recording waiting={one} /> },
          {
            title: say("inbox_candidates"),
            key: "candidates",
            render: (_, one) => <Candidates waiting={one} />,
          },
          { title: say("users_actions"), key: "answer", render: (_, one) => <Answer recording={one.recording} /> },
        ]}
      />
    </>
  );
}

function Recording({ waiting }: { waiting: WaitingShown }) {
  const { say } = useWords();
  return (
    <>
      <Link to={`/recordings/${waiting.recording}`} className="digest">
        {waiting.recording.slice(0, 12)}…
      </Link>{" "}
      {waiting.overdue ? <span className="status bad">{say("inbox_overdue")}</span> : null}
      <div>
        {waiting.start && waiting.end
          ? `${beijing(waiting.start)} – ${beijing(waiting.end).slice(11)}`
          : say("inbox_time_unknown")}
      </div>
      <div className="small muted">
        {waiting.recorder ? `${say("coverage_device", { device: waiting.recorder })} · ` : ""}
        {say("inbox_since")} <Moment utc={waiting.since} zone={false} />
      </div>
    </>
  );
}

function Candidates({ waiting }: { waiting: WaitingShown }) {
  const { say } = useWords();
  if (waiting.candidates.length === 0) return <span className="muted">{say("inbox_no_candidate")}</span>;
  return (
    <ul className="plain footage">
      {waiting.candidates.map((one) => (
        <Choice key={one.action} recording={waiting.recording} candidate={one} />
      ))}
    </ul>
  );
}

function Choice({ recording, candidate }: { recording: string; candidate: CandidateShown }) {
  const { say, pick } = useWords();
  const confirm = useDoing(() =>
    answer(
      api.POST("/api/recordings/{recording}/links", {
        params: { path: { recording } },
        body: { action: candidate.action },
      }),
    ),
  );
  return (
    <li>
      <Link to={`/actions/${candidate.action}`}>
        {candidate.case_number ? `${candidate.case_number} · ` : ""}
        {pick(candidate.type.words)}
      </Link>{" "}
      <Button size="small" loading={confirm.isPending} onClick={() => confirm.mutate(undefined)}>
        {say("inbox_confirm")}
      </Button>
      <div className="small muted">
        {candidate.reasons.map((reason) => pick(reason.words)).join("；")} ·{" "}
        {say("inbox_overlap", { seconds: candidate.overlap_s })}
      </div>
    </li>
  );
}

function Answer({ recording }: { recording: string }) {
  const { say } = useWords();
  const params = { path: { recording } };
  const answering = useDoing((given: "NO_CASE" | "LATER") =>
    answer(api.POST("/api/recordings/{recording}/answer", { params, body: { answer: given } })),
  );
  return (
    <div className="actions">
      <Popconfirm
        title={say("inbox_no_case_ask")}
        okText={say("inbox_no_case")}
        cancelText={say("cancel")}
        onConfirm={() => answering.mutate("NO_CASE")}
      >
        <Button size="small" loading={answering.isPending}>
          {say("inbox_no_case")}
        </Button>
      </Popconfirm>
      <Button size="small" onClick={() => answering.mutate("LATER")}>
        {say("inbox_later")}
      </Button>
    </div>
  );
}
