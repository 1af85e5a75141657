import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Drawer, Empty, Form, Input, Modal, Popconfirm, Segmented, Select, Table, Timeline } from "antd";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { answer, api } from "../api/client";
import type { FindingShown } from "../api/client";
import { FactForm } from "../cases/FactForm";
import { TRIAGE } from "../cases/facts";
import { Clauses } from "../cases/parts";
import { Trouble } from "../parts/Trouble";
import { Moment } from "../parts/time";
import { useSession } from "../session/session";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";
import { CAUSES } from "../words/offered";

type State = "OPEN" | "EXPLAINED" | "ACCEPTED" | "CLOSED";
type Cause = keyof typeof CAUSES;
const MOODS: Record<string, string> = { OPEN: "bad", EXPLAINED: "partly", ACCEPTED: "partly", CLOSED: "good" };

/** The address is the truth: the state that is looked for, and the finding that is open. */
export function Findings() {
  const { say } = useWords();
  const [search, setSearch] = useSearchParams();
  const state = (search.get("state") as State | null) ?? null;
  const open = search.get("finding");
  const found = useInfiniteQuery({
    queryKey: ["findings", state],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      answer(api.GET("/api/findings", { params: { query: { state, before: pageParam } } })),
    getNextPageParam: (last) => last.next,
  });
  const go = (name: string, value: string | null) => {
    const next = new URLSearchParams(search);
    if (value) next.set(name, value);
    else next.delete(name);
    setSearch(next);
  };
  const rows = found.data?.pages.flatMap((page) => page.findings) ?? [];
  const shown = rows.find((one) => one.id === open);
  return (
    <>
      <div className="title-line">
        <h1 className="title">{say("findings_title")}</h1>
        <Segmented<State | "ALL">
          aria-label={say("findings_state")}
          value={state ?? "ALL"}
          onChange={(value) => go("state", value === "ALL" ? null : value)}
          options={[
            { value: "ALL", label: say("findings_all") },
            { value: "OPEN", label: say("findings_open") },
            { value: "EXPLAINED", label: say("findings_explained") },
            { value: "ACCEPTED", label: say("findings_accepted") },
            { value: "CLOSED", label: say("findings_closed") },
          ]}
        />
      </div>
      <p className="muted">{say("findings_hint")}</p>
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      <List rows={rows} loading={found.isPending} onOpen={(id) => go("finding", id)} />
      {found.hasNextPage ? (
        <Button className="pager" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {say("next_page")}
        </Button>
      ) : null}
      {shown ? <One finding={shown} onClose={() => go("finding", null)} /> : null}
    </>
  );
}

interface ListProps {
  rows: FindingShown[];
  loading: boolean;
  onOpen: (id: string) => void;
}

function List({ rows, loading, onOpen }: ListProps) {
  const { say, pick } = useWords();
  return (
    <Table<FindingShown>
      rowKey="id"
      size="middle"
      loading={loading}
      dataSource={rows}
      pagination={false}
      scroll={{ x: "max-content" }}
      locale={{ emptyText: <Empty description={say("findings_none")} /> }}
      columns={[
        {
          title: say("findings_number"),
          key: "number",
          render: (_, one) => (
            <Button type="link" className="only" onClick={() => onOpen(one.id)}>
              {one.number}
            </Button>
          ),
        },
        {
          title: say("findings_what"),
          key: "what",
          render: (_, one) => (
            <div className="facts">
              <strong>{pick(one.kind.words)}</strong>
              <div className="small">{pick(one.words)}</div>
            </div>
          ),
        },
        {
          title: say("findings_state"),
          key: "state",
          render: (_, one) => (
            <span className={`status ${MOODS[one.state.code] ?? "plain-status"}`}>{pick(one.state.words)}</span>
          ),
        },
        { title: say("record_at"), key: "at", render: (_, one) => <Moment utc={one.opened_at} zone={false} /> },
      ]}
    />
  );
}

function One({ finding, onClose }: { finding: FindingShown; onClose: () => void }) {
  const { say, pick } = useWords();
  const { may } = useSession();
  const [explaining, setExplaining] = useState(false);
  const params = { path: { finding: finding.id } };
  const approve = useDoing(() => answer(api.POST("/api/findings/{finding}/approval", { params })));
  const isOpen = finding.state.code !== "CLOSED";
  return (
    <Drawer open title={`${finding.number} · ${pick(finding.kind.words)}`} size={560} onClose={onClose}>
      <p>{pick(finding.words)}</p>
      {finding.self_reported ? <p className="status partly">{say("findings_self")}</p> : null}
      <p>
        {finding.action ? <Link to={`/actions/${finding.action}`}>{say("findings_go_action")}</Link> : null}{" "}
        {finding.recording ? (
          <Link to={`/recordings/${finding.recording}`}>{say("findings_go_recording")}</Link>
        ) : null}
      </p>
      <div className="actions">
        {isOpen ? <Button onClick={() => setExplaining(true)}>{say("findings_explain")}</Button> : null}
        {isOpen && may("HANDLE_FINDINGS") ? <Triage finding={finding.id} /> : null}
        {finding.state.code === "EXPLAINED" && may("HANDLE_FINDINGS") ? (
          <Popconfirm
            title={say("findings_approve_ask")}
            okText={say("findings_approve")}
            cancelText={say("cancel")}
            onConfirm={() => approve.mutate(undefined)}
          >
            <Button type="primary" loading={approve.isPending}>
              {say("findings_approve")}
            </Button>
          </Popconfirm>
        ) : null}
      </div>
      <h3>{say("coverage_clauses")}</h3>
      <Clauses clauses={finding.clauses} />
      <h3>{say("findings_events")}</h3>
      <Events finding={finding} />
      {explaining ? <Explain finding={finding.id} onClose={() => setExplaining(false)} /> : null}
    </Drawer>
  );
}

/** How it is dealt with and who answers for it, people by their names. */
function Triage({ finding }: { finding: string }) {
  const { say } = useWords();
  const [open, setOpen] = useState(false);
  const people = useQuery({
    queryKey: ["persons", null],
    queryFn: () => answer(api.GET("/api/persons")),
    enabled: open,
  });
  const team = (people.data?.persons ?? []).map((one) => ({
    value: one.person,
    label: [one.name ?? say("users_erased"), one.officer_number].filter((part) => part !== null).join(" · "),
  }));
  const around = { team, documents: [], recordings: [] };
  return (
    <>
      <Button onClick={() => setOpen(true)}>{say("triage")}</Button>
      {open ? <FactForm fact={TRIAGE} of={finding} around={around} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function Events({ finding }: { finding: FindingShown }) {
  const { say, pick, word } = useWords();
  if (finding.events.length === 0) return <p className="muted">{say("none")}</p>;
  return (
    <Timeline
      items={finding.events.map((one) => {
        const cause = one.facts["cause"];
        const texts = Object.values(one.texts).filter((text): text is string => text !== null);
        return {
          key: one.at + one.event.code,
          content: (
            <>
              <strong>{pick(one.event.words)}</strong>{" "}
              {typeof cause === "string" ? word(CAUSES, cause) : null}
              <div>{texts.join("；")}</div>
              <div className="small muted">
                {one.name ? `${one.name} · ` : ""}
                <Moment utc={one.at} />
              </div>
            </>
          ),
        };
      })}
    />
  );
}

function Explain({ finding, onClose }: { finding: string; onClose: () => void }) {
  const { say, word } = useWords();
  const [form] = Form.useForm<{ cause: Cause; text: string }>();
  const send = useDoing(
    (body: { cause: Cause; text: string }) =>
      answer(api.POST("/api/findings/{finding}/explanation", { params: { path: { finding } }, body })),
    onClose,
  );
  const rules = [{ required: true, message: say("required") }];
  return (
    <Modal
      open
      title={say("findings_explain")}
      okText={say("save")}
      cancelText={say("cancel")}
      confirmLoading={send.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(given) => send.mutate(given)}>
        <Form.Item name="cause" label={say("findings_cause")} rules={rules}>
          <Select options={Object.keys(CAUSES).map((code) => ({ value: code, label: word(CAUSES, code) }))} />
        </Form.Item>
        <Form.Item name="text" label={say("findings_text")} rules={rules}>
          <Input.TextArea maxLength={4000} rows={3} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
