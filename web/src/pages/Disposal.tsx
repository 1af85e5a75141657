import { useMutation, useQuery } from "@tanstack/react-query";
import { Alert, App, Button, Drawer, Empty, Input, Popconfirm, Segmented, Table } from "antd";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { answer, api } from "../api/client";
import type { BatchShown, DisposalsDue, LineShown } from "../api/client";
import { Trouble, useTroubleWords } from "../parts/Trouble";
import { save } from "../parts/save";
import { beijing, bytes, Moment } from "../parts/time";
import { Asking, Field } from "../register/Asking";
import { useSession } from "../session/session";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";

const MOODS: Record<string, string> = { CERTIFIED: "good", REFUSED: "plain-status", EXECUTED: "bad" };
const OPEN = ["DRAFT", "APPROVED_1"];

/** The address is the truth: what is due or the batches, and the batch that is open. */
export function Disposal() {
  const { say } = useWords();
  const [search, setSearch] = useSearchParams();
  const view = search.get("view") ?? "due";
  const open = search.get("batch");
  const go = (name: string, value: string | null) => {
    const next = new URLSearchParams(search);
    if (value) next.set(name, value);
    else next.delete(name);
    setSearch(next);
  };
  return (
    <>
      <div className="title-line">
        <h1 className="title">{say("disposal_title")}</h1>
        <Segmented<string>
          aria-label={say("disposal_title")}
          value={view}
          onChange={(value) => go("view", value)}
          options={[
            { value: "due", label: say("disposal_due") },
            { value: "batches", label: say("disposal_batches") },
          ]}
        />
      </div>
      <p className="muted">{say("disposal_hint")}</p>
      {view === "due" ? <Due onProposed={(batch) => setSearch({ view: "batches", batch })} /> : null}
      {view === "batches" ? <Batches onOpen={(id) => go("batch", id)} /> : null}
      {open ? <One batch={open} onClose={() => go("batch", null)} /> : null}
    </>
  );
}

// --- what is due ----------------------------------------------------------------------------------

function Due({ onProposed }: { onProposed: (batch: string) => void }) {
  const { say } = useWords();
  const { may } = useSession();
  const [chosen, setChosen] = useState<string[]>([]);
  const found = useQuery({ queryKey: ["disposals", "due"], queryFn: () => answer(api.GET("/api/disposals/due")) });
  const due = found.data;
  return (
    <>
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      {due ? <Warnings due={due} /> : null}
      {may("HANDLE_DISPOSALS") && chosen.length > 0 ? (
        <div className="actions">
          <span>{say("disposal_chosen", { count: chosen.length })}</span>
          <Asking<{ appraisal: string }>
            title="disposal_propose"
            act={async ({ appraisal }) => {
              const made = await answer(api.POST("/api/disposals", { body: { originals: chosen, appraisal } }));
              onProposed(made.batch);
            }}
          >
            <Field name="appraisal" label="disposal_appraisal">
              <Input.TextArea maxLength={4000} rows={3} />
            </Field>
          </Asking>
        </div>
      ) : null}
      <Lines
        rows={due?.lines ?? []}
        loading={found.isPending}
        {...(may("HANDLE_DISPOSALS") ? { chosen, onChoose: setChosen } : {})}
      />
      {due && due.kept.length > 0 ? <Kept due={due} /> : null}
    </>
  );
}

function Warnings({ due }: { due: DisposalsDue }) {
  const { say, pick } = useWords();
  return (
    <>
      {due.clock.length > 0 ? (
        <Alert
          type="error"
          showIcon
          title={say("disposal_clock")}
          description={due.clock
            .map((one) =>
              say("disposal_clock_says", { source: pick(one.words), at: beijing(one.at), now: beijing(one.now) }),
            )
            .join(" · ")}
        />
      ) : null}
      {due.returned.length > 0 ? (
        <Alert type="warning" showIcon title={say("disposal_returned", { count: due.returned.length })} />
      ) : null}
    </>
  );
}

function Kept({ due }: { due: DisposalsDue }) {
  const { say, pick } = useWords();
  return (
    <>
      <h2>{say("disposal_kept")}</h2>
      <ul className="points">
        {due.kept.map(({ line, reasons }) => (
          <li key={line.recording}>
            <Link to={`/recordings/${line.recording}`}>{line.recording.slice(0, 12)}</Link>{" "}
            {reasons.map((one) => pick(one.words)).join(" · ")}
          </li>
        ))}
      </ul>
    </>
  );
}

interface LinesProps {
  rows: LineShown[];
  loading?: boolean;
  chosen?: string[];
  onChoose?: (recordings: string[]) => void;
}

function Lines({ rows, loading = false, chosen, onChoose }: LinesProps) {
  const { say, pick } = useWords();
  const selection = onChoose
    ? { selectedRowKeys: chosen ?? [], onChange: (keys: React.Key[]) => onChoose(keys.map(String)) }
    : null;
  return (
    <Table<LineShown>
      rowKey="recording"
      size="small"
      loading={loading}
      dataSource={rows}
      pagination={false}
      scroll={{ x: "max-content" }}
      {...(selection ? { rowSelection: selection } : {})}
      locale={{ emptyText: <Empty description={say("disposal_due_none")} /> }}
      columns={[
        {
          title: "SHA-256",
          key: "recording",
          render: (_, one) => (
            <>
              <Link to={`/recordings/${one.recording}`}>{one.recording.slice(0, 12)}</Link>
              <div className="small muted">{bytes(one.size)}</div>
            </>
          ),
        },
        { title: say("disposal_kept_as"), key: "class", render: (_, one) => pick(one.kept_as) },
        { title: say("disposal_period"), key: "period", render: (_, one) => `${one.start} + ${one.period}` },
        { title: say("disposal_due_on"), dataIndex: "due_on" },
        { title: say("disposal_basis"), dataIndex: "basis" },
      ]}
    />
  );
}

// --- batches --------------------------------------------------------------------------------------

function Batches({ onOpen }: { onOpen: (id: string) => void }) {
  const { say, pick } = useWords();
  const found = useQuery({ queryKey: ["disposals"], queryFn: () => answer(api.GET("/api/disposals")) });
  return (
    <>
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      <Table<BatchShown>
        rowKey="batch"
        size="middle"
        loading={found.isPending}
        dataSource={found.data?.batches ?? []}
        pagination={false}
        scroll={{ x: "max-content" }}
        locale={{ emptyText: <Empty description={say("disposal_none")} /> }}
        columns={[
          {
            title: say("disposal_batches"),
            key: "batch",
            render: (_, one) => (
              <Button type="link" className="only" onClick={() => onOpen(one.batch)}>
                {one.batch}
              </Button>
            ),
          },
          {
            title: say("disposal_state"),
            key: "state",
            render: (_, one) => (
              <span className={`status ${MOODS[one.state.code] ?? "partly"}`}>{pick(one.state.words)}</span>
            ),
          },
          { title: say("disposal_count"), key: "count", render: (_, one) => one.lines.length },
          {
            title: say("disposal_proposed"),
            key: "by",
            render: (_, one) => (
              <>
                {one.proposer_name ?? "—"} · <Moment utc={one.proposed_at} zone={false} />
              </>
            ),
          },
          { title: say("disposal_certificate"), key: "paper", render: (_, one) => one.certificate ?? "—" },
        ]}
      />
    </>
  );
}

function One({ batch, onClose }: { batch: string; onClose: () => void }) {
  const { pick } = useWords();
  const path = { batch };
  const found = useQuery({
    queryKey: ["disposals", batch],
    queryFn: () => answer(api.GET("/api/disposals/{batch}", { params: { path } })),
  });
  const one = found.data;
  return (
    <Drawer
      open
      loading={found.isPending}
      title={one ? `${one.batch} · ${pick(one.state.words)}` : batch}
      size={720}
      onClose={onClose}
    >
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      {one ? <Opened batch={one} /> : null}
    </Drawer>
  );
}

function Opened({ batch }: { batch: BatchShown }) {
  const { say, pick } = useWords();
  return (
    <>
      <p>
        <strong>{say("disposal_appraisal")}</strong> {batch.appraisal ?? "—"}
      </p>
      <p className="small muted">
        {say("disposal_proposed")} {batch.proposer_name ?? "—"} · <Moment utc={batch.proposed_at} />
      </p>
      <ul className="points">
        {batch.answers.map((one) => (
          <li key={one.at}>
            {pick(one.answer.words)} · {one.name ?? "—"} · <Moment utc={one.at} zone={false} />
            {one.note ? ` · ${one.note}` : ""}
          </li>
        ))}
      </ul>
      <Steps batch={batch} />
      <Lines rows={batch.lines} />
      <p className="small digest">
        {say("disposal_list_digest")} {batch.list_sha256}
      </p>
    </>
  );
}

function Steps({ batch }: { batch: BatchShown }) {
  const { say } = useWords();
  const { may } = useSession();
  if (batch.certificate) return <Certificate certificate={batch.certificate} />;
  if (!may("HANDLE_DISPOSALS")) return null;
  const waits = OPEN.includes(batch.state.code);
  return (
    <>
      {waits && batch.mine ? <p>{say("disposal_mine")}</p> : null}
      <div className="actions">
        {waits && !batch.mine ? <Approve batch={batch} /> : null}
        {waits || batch.state.code === "APPROVED_2" ? <Refuse batch={batch} /> : null}
        {batch.state.code === "APPROVED_2" ? <Execute batch={batch.batch} /> : null}
      </div>
    </>
  );
}

function Approve({ batch }: { batch: BatchShown }) {
  const { say } = useWords();
  const path = { batch: batch.batch };
  const body = { answer: "APPROVED" as const, list_sha256: batch.list_sha256 };
  const doing = useDoing((_: null) => answer(api.POST("/api/disposals/{batch}/answers", { params: { path }, body })));
  return (
    <Popconfirm
      title={say("disposal_approve")}
      description={say("disposal_approve_sure")}
      onConfirm={() => doing.mutate(null)}
    >
      <Button type="primary" loading={doing.isPending}>
        {say("disposal_approve")}
      </Button>
    </Popconfirm>
  );
}

function Refuse({ batch }: { batch: BatchShown }) {
  const path = { batch: batch.batch };
  return (
    <Asking<{ note?: string }>
      title="disposal_refuse"
      act={(given) =>
        answer(
          api.POST("/api/disposals/{batch}/answers", {
            params: { path },
            body: { ...given, answer: "REFUSED", list_sha256: batch.list_sha256 },
          }),
        )
      }
    >
      <Field name="note" label="fact_note" optional>
        <Input.TextArea maxLength={4000} rows={2} />
      </Field>
    </Asking>
  );
}

function Execute({ batch }: { batch: string }) {
  const { say, pick } = useWords();
  const path = { batch };
  const rehearsal = useQuery({
    queryKey: ["disposals", batch, "rehearsal"],
    queryFn: () => answer(api.GET("/api/disposals/{batch}/rehearsal", { params: { path } })),
  });
  const doing = useDoing((_: null) => answer(api.POST("/api/disposals/{batch}/execution", { params: { path } })));
  const said = rehearsal.data;
  return (
    <>
      {said ? (
        <Alert type={said.may ? "success" : "warning"} showIcon title={`${say("disposal_rehearsal")} · ${pick(said.words)}`} />
      ) : null}
      <Popconfirm
        title={say("disposal_execute")}
        description={say("disposal_execute_sure")}
        onConfirm={() => doing.mutate(null)}
      >
        <Button danger type="primary" disabled={!said?.may} loading={doing.isPending}>
          {say("disposal_execute")}
        </Button>
      </Popconfirm>
    </>
  );
}

function Certificate({ certificate }: { certificate: string }) {
  const { say } = useWords();
  const { message } = App.useApp();
  const trouble = useTroubleWords();
  const print = useMutation({
    mutationFn: async () => {
      const path = { certificate };
      const asked = api.POST("/api/disposals/certificates/{certificate}/print", { params: { path }, parseAs: "blob" });
      const file = (await answer(asked)) as unknown as Blob;
      return { file, sha256: (await asked).response.headers.get("x-liuhen-sha256") ?? "" };
    },
    onSuccess: ({ file, sha256 }) => {
      save(file, `${certificate}.pdf`);
      void message.success(say("disposal_printed", { sha256: sha256.slice(0, 12) }), 6);
    },
    onError: (problem) => void message.error(trouble(problem), 6),
  });
  return (
    <p>
      <strong>
        {say("disposal_certificate")} {certificate}
      </strong>{" "}
      <Button loading={print.isPending} onClick={() => print.mutate()}>
        {say("disposal_print")}
      </Button>
    </p>
  );
}
