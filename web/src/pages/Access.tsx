import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Drawer, Empty, Form, Input, Modal, Popconfirm, Select, Table } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { answer, api } from "../api/client";
import type { GrantShown } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { Moment } from "../parts/time";
import { Asking, Field, useOptions } from "../register/Asking";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";
import { Lend, Outgoing } from "./Outgoing";
import { GRANT_KINDS, GRANTEE_KINDS } from "../words/offered";

const MOODS: Record<string, string> = { ACTIVE: "good", REQUESTED: "partly", APPROVED: "partly", REVOKED: "bad" };

/** The address is the truth: the grant that is open. */
export function Access() {
  const { say } = useWords();
  const [search, setSearch] = useSearchParams();
  const [asking, setAsking] = useState(false);
  const found = useQuery({ queryKey: ["grants"], queryFn: () => answer(api.GET("/api/grants")) });
  const rows = found.data?.grants ?? [];
  const open = rows.find((one) => one.id === search.get("grant"));
  return (
    <>
      <div className="title-line">
        <h1 className="title">{say("access_title")}</h1>
        <Button type="primary" onClick={() => setAsking(true)}>
          {say("access_new")}
        </Button>
      </div>
      <p className="muted">{say("access_hint")}</p>
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      <List rows={rows} loading={found.isPending} onOpen={(grant) => setSearch({ grant })} />
      <Outgoing />
      {asking ? <Ask onClose={() => setAsking(false)} /> : null}
      {open ? <One grant={open} onClose={() => setSearch({})} /> : null}
    </>
  );
}

interface ListProps {
  rows: GrantShown[];
  loading: boolean;
  onOpen: (id: string) => void;
}

function List({ rows, loading, onOpen }: ListProps) {
  const { say, pick } = useWords();
  return (
    <Table<GrantShown>
      rowKey="id"
      size="middle"
      loading={loading}
      dataSource={rows}
      pagination={false}
      scroll={{ x: "max-content" }}
      locale={{ emptyText: <Empty description={say("access_none")} /> }}
      columns={[
        {
          title: say("access_document"),
          key: "document",
          render: (_, one) => (
            <div className="facts">
              <Button type="link" className="only" onClick={() => onOpen(one.id)}>
                {one.document_number}
              </Button>
              <div className="small muted">{pick(one.kind.words)}</div>
            </div>
          ),
        },
        {
          title: say("access_state"),
          key: "state",
          render: (_, one) => (
            <span className={`status ${MOODS[one.state.code] ?? "plain-status"}`}>{pick(one.state.words)}</span>
          ),
        },
        { title: say("access_person"), key: "person", render: (_, one) => one.outsider ?? one.person_name ?? "—" },
        { title: say("access_purpose"), key: "purpose", render: (_, one) => one.purpose ?? "—" },
        { title: say("access_days"), key: "days", render: (_, one) => `${one.from_day} – ${one.to_day}` },
        { title: say("access_requester"), key: "by", render: (_, one) => one.requester_name ?? "—" },
      ]}
    />
  );
}

function One({ grant, onClose }: { grant: GrantShown; onClose: () => void }) {
  const { say, pick } = useWords();
  const params = { path: { grant: grant.id } };
  const approve = useDoing(() => answer(api.POST("/api/grants/{grant}/approve", { params, body: {} })));
  const withdraw = useDoing(() => answer(api.POST("/api/grants/{grant}/withdraw", { params })));
  const may = (act: string) => grant.may.includes(act);
  return (
    <Drawer open title={`${pick(grant.kind.words)} · ${grant.document_number}`} size={560} onClose={onClose}>
      <p className={`status ${MOODS[grant.state.code] ?? "plain-status"}`}>{pick(grant.state.words)}</p>
      <p>{grant.purpose}</p>
      <p>{grant.basis}</p>
      <p>
        {say("access_person")} {grant.person_name ?? "—"} · {pick(grant.grantee.words)}
        {grant.outsider ? ` · ${grant.outsider}` : ""}
      </p>
      <p>
        {say("access_requester")} {grant.requester_name ?? "—"} <Moment utc={grant.requested_at} zone={false} />
      </p>
      {grant.answered_at ? (
        <p>
          {say("access_approver")} {grant.approver_name ?? "—"} <Moment utc={grant.answered_at} zone={false} />
        </p>
      ) : null}
      <div className="actions">
        {may("approve") ? (
          <Popconfirm
            title={say("access_approve_ask")}
            okText={say("access_approve")}
            cancelText={say("cancel")}
            onConfirm={() => approve.mutate(undefined)}
          >
            <Button type="primary" loading={approve.isPending}>
              {say("access_approve")}
            </Button>
          </Popconfirm>
        ) : null}
        {may("refuse") ? (
          <Asking<{ note?: string }>
            title="access_refuse"
            act={(body) => answer(api.POST("/api/grants/{grant}/refuse", { params, body }))}
          >
            <Field name="note" label="access_reason" optional>
              <Input.TextArea maxLength={2000} />
            </Field>
          </Asking>
        ) : null}
        {may("withdraw") ? (
          <Button loading={withdraw.isPending} onClick={() => withdraw.mutate(undefined)}>
            {say("access_withdraw")}
          </Button>
        ) : null}
        {may("lend") ? <Lend grant={grant} /> : null}
        {may("revoke") ? (
          <Asking<{ reason: string }>
            title="access_revoke"
            act={(body) => answer(api.POST("/api/grants/{grant}/revoke", { params, body }))}
          >
            <Field name="reason" label="access_reason">
              <Input.TextArea maxLength={2000} />
            </Field>
          </Asking>
        ) : null}
      </div>
      <h3>{say("access_reached")}</h3>
      {grant.case ? <Link to={`/cases/${grant.case}`}>{grant.case_number}</Link> : null}
      <ul>
        {grant.recordings.map((one) => (
          <li key={one}>
            <Link to={`/recordings/${one}`}>{one.slice(0, 16)}…</Link>
          </li>
        ))}
      </ul>
    </Drawer>
  );
}

interface Given {
  kind: keyof typeof GRANT_KINDS;
  grantee: keyof typeof GRANTEE_KINDS;
  outsider?: string;
  purpose: string;
  basis: string;
  document_number: string;
  case?: string;
  recordings?: string[];
  days: [Dayjs, Dayjs];
}

function Ask({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const [form] = Form.useForm<Given>();
  const kinds = useOptions(GRANT_KINDS);
  const grantees = useOptions(GRANTEE_KINDS);
  const cases = useQuery({ queryKey: ["cases", "choice"], queryFn: () => answer(api.GET("/api/cases")) });
  const clips = useQuery({ queryKey: ["recordings", "choice"], queryFn: () => answer(api.GET("/api/recordings")) });
  const ask = useDoing(({ days, outsider, recordings = [], ...given }: Given) => {
    const [first, last] = days.map((day) => day.format("YYYY-MM-DD")) as [string, string];
    const body = { ...given, outsider: outsider ?? null, recordings, from_day: first, to_day: last };
    return answer(api.POST("/api/grants", { body }));
  }, onClose);
  return (
    <Modal
      open
      title={say("access_new")}
      okText={say("save")}
      cancelText={say("cancel")}
      confirmLoading={ask.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form<Given>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind: "CONSULT", grantee: "PERSON" }}
        onFinish={(given) => ask.mutate(given)}
      >
        <Field name="kind" label="access_kind">
          <Select options={kinds} />
        </Field>
        <Field name="grantee" label="access_grantee">
          <Select options={grantees} />
        </Field>
        <Field name="outsider" label="access_outsider" optional>
          <Input maxLength={200} />
        </Field>
        <Field name="purpose" label="access_purpose">
          <Input.TextArea maxLength={2000} />
        </Field>
        <Field name="basis" label="access_basis">
          <Input maxLength={200} />
        </Field>
        <Field name="document_number" label="access_document">
          <Input maxLength={200} />
        </Field>
        <p className="muted small">{say("access_about_hint")}</p>
        <Field name="case" label="access_case" optional>
          <Select
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            options={(cases.data?.cases ?? []).map((one) => ({ value: one.id, label: one.number }))}
          />
        </Field>
        <Field name="recordings" label="access_recordings" optional>
          <Select
            mode="tags"
            tokenSeparators={[" ", "\n", ","]}
            optionFilterProp="label"
            options={[...new Map((clips.data?.recordings ?? []).map((one) => [one.recording, one])).values()].map(
              (one) => ({ value: one.recording, label: `${one.name} · ${one.recording.slice(0, 12)}` }),
            )}
          />
        </Field>
        <Field name="days" label="access_days">
          <DatePicker.RangePicker />
        </Field>
      </Form>
    </Modal>
  );
}
