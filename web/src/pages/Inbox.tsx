import { useQuery } from "@tanstack/react-query";
import { Button, Empty, Modal, Popconfirm, Select, Table } from "antd";
import { useState } from "react";
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
      <p className="muted">{say("inbox_hint")}</p>
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
      <Link to={`/recordings/${waiting.recording}`} className="moment">
        {waiting.start && waiting.end
          ? `${beijing(waiting.start)}–${beijing(waiting.end).slice(11)}`
          : `${say("inbox_time_unknown")} ${waiting.recording.slice(0, 8)}`}
      </Link>{" "}
      {waiting.overdue ? <span className="status bad">{say("inbox_overdue")}</span> : null}
      <div className="small muted">
        {waiting.recorder ? `${say("coverage_device", { device: waiting.recorder })} · ` : ""}
        {waiting.holder_name ? `${waiting.holder_name} · ` : ""}
        {say("inbox_since")} <Moment utc={waiting.since} zone={false} /> · {say("inbox_due")}{" "}
        <Moment utc={waiting.due} zone={false} />
      </div>
    </>
  );
}

function Candidates({ waiting }: { waiting: WaitingShown }) {
  const { say } = useWords();
  return (
    <>
      {waiting.candidates.length === 0 ? <span className="muted">{say("inbox_no_candidate")}</span> : null}
      <ul className="plain footage">
        {waiting.candidates.map((one) => (
          <Choice key={one.action} recording={waiting.recording} candidate={one} />
        ))}
      </ul>
    </>
  );
}

/** Any action within reach: a clock may be wrong and a recorder lent, and somebody knows better. */
function Other({ recording, onClose }: { recording: string; onClose: () => void }) {
  const { say, pick } = useWords();
  const [chosen, setChosen] = useState<string | null>(null);
  const actions = useQuery({
    queryKey: ["action", "list"],
    queryFn: () => answer(api.GET("/api/actions", { params: { query: { limit: 100 } } })),
  });
  const link = useDoing(
    (action: string) =>
      answer(api.POST("/api/recordings/{recording}/links", { params: { path: { recording } }, body: { action } })),
    onClose,
  );
  const options = (actions.data?.actions ?? []).map((one) => {
    const at = one.started_at ?? one.planned_from;
    const parts = [one.case_number, one.type_name ?? pick(one.type.words), one.place, at ? beijing(at) : null];
    return { value: one.id, label: parts.filter((part) => part !== null).join(" · ") };
  });
  return (
    <Modal
      open
      title={say("inbox_other_title")}
      okText={say("inbox_confirm")}
      cancelText={say("cancel")}
      okButtonProps={{ disabled: chosen === null }}
      confirmLoading={link.isPending}
      onCancel={onClose}
      onOk={() => (chosen ? link.mutate(chosen) : undefined)}
    >
      <Select
        className="whole"
        aria-label={say("inbox_other_title")}
        showSearch={{ optionFilterProp: "label" }}
        loading={actions.isPending}
        options={options}
        value={chosen}
        onChange={setChosen}
      />
    </Modal>
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
      <div className="small">
        {candidate.start && candidate.end
          ? `${beijing(candidate.start)}–${beijing(candidate.end).slice(11)}`
          : null}{" "}
        {[candidate.place, candidate.unit_name].filter((part) => part !== null).join(" · ")}
      </div>
      <div className="small muted">
        {candidate.reasons.map((reason) => pick(reason.words)).join("；")} ·{" "}
        {say("inbox_overlap", { seconds: candidate.overlap_s })}
      </div>
    </li>
  );
}

function Answer({ recording }: { recording: string }) {
  const { say } = useWords();
  const [other, setOther] = useState(false);
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
      <Button size="small" onClick={() => setOther(true)}>
        {say("inbox_other")}
      </Button>
      <Button size="small" onClick={() => answering.mutate("LATER")}>
        {say("inbox_later")}
      </Button>
      {other ? <Other recording={recording} onClose={() => setOther(false)} /> : null}
    </div>
  );
}
