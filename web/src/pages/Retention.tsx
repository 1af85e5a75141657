import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Checkbox, DatePicker, Drawer, Empty, Form, Input, Modal, Popconfirm, Select, Table } from "antd";
import type { Dayjs } from "dayjs";
import dayjs from "dayjs";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { answer, api } from "../api/client";
import type { PeriodShown, PreviewShown, StandingShown, VersionShown } from "../api/client";
import { Clauses } from "../cases/parts";
import { Trouble } from "../parts/Trouble";
import { Moment } from "../parts/time";
import { Field } from "../register/Asking";
import { useSession } from "../session/session";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";
import { usePeriod } from "../words/period";

const TABLE = { size: "middle", pagination: false, scroll: { x: "max-content" } } as const;

/** What is due, the periods in force with their sources, and the changes of them. */
export function Retention() {
  const { say } = useWords();
  return (
    <>
      <h1 className="title">{say("retention_title")}</h1>
      <p className="muted">{say("retention_hint")}</p>
      <Due />
      <Periods />
      <Versions />
    </>
  );
}

function Due() {
  const { say } = useWords();
  const found = useInfiniteQuery({
    queryKey: ["retention", "due"],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => answer(api.GET("/api/retention/due", { params: { query: { after: pageParam } } })),
    getNextPageParam: (last) => last.next,
  });
  const pages = found.data?.pages ?? [];
  const looked = pages.reduce((all, page) => all + page.looked_at, 0);
  return (
    <section className="case-panel">
      <h2>{say("retention_due")}</h2>
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      <DueTable rows={pages.flatMap((page) => page.due)} loading={found.isPending} />
      <p className="small muted">{say("retention_looked", { count: looked })}</p>
      {found.hasNextPage ? (
        <Button className="pager" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {say("next_page")}
        </Button>
      ) : null}
    </section>
  );
}

function DueTable({ rows, loading }: { rows: StandingShown[]; loading: boolean }) {
  const { say, pick } = useWords();
  const inWords = usePeriod();
  return (
    <Table<StandingShown>
      {...TABLE}
      rowKey="recording"
      loading={loading}
      dataSource={rows}
      locale={{ emptyText: <Empty description={say("retention_due_none")} /> }}
      columns={[
        {
          title: say("holds_listed"),
          key: "recording",
          render: (_, one) => <Link to={`/recordings/${one.recording}`}>{one.recording.slice(0, 12)}…</Link>,
        },
        {
          title: say("retention_class"),
          key: "class",
          render: (_, one) => (
            <div className="facts">
              {pick(one.class_words.words)} · {inWords(one.period)}
              <div className="small muted">{one.reasons.map((reason) => pick(reason.words)).join("；")}</div>
            </div>
          ),
        },
        {
          title: say("retention_due_on"),
          key: "due",
          render: (_, one) => (
            <>
              {one.due_on ?? say("retention_never")}
              {one.litigation && one.litigation_until ? (
                <div className="small">
                  <span className="status partly">{say("retention_suit", { day: one.litigation_until })}</span>{" "}
                  {one.litigation.document}
                  {one.litigation.article}
                </div>
              ) : null}
            </>
          ),
        },
        {
          title: say("retention_held"),
          key: "held",
          render: (_, one) =>
            one.held_by.length === 0 ? (
              <span className="muted">{say("retention_ready")}</span>
            ) : (
              one.held_by.map((hold) => (
                <div key={hold.id}>
                  <Link to={`/holds?hold=${hold.id}`}>
                    {pick(hold.kind.words)} {hold.basis}
                  </Link>
                </div>
              ))
            ),
        },
      ]}
    />
  );
}

function Periods() {
  const { say } = useWords();
  const { me } = useSession();
  const [unit, setUnit] = useState<string | null>(null);
  const found = useQuery({
    queryKey: ["retention", "periods", unit],
    queryFn: () => answer(api.GET("/api/retention/periods", { params: { query: { unit } } })),
  });
  return (
    <section className="case-panel">
      <div className="title-line">
        <h2>{say("retention_periods")}</h2>
        <Select
          allowClear
          aria-label={say("users_unit")}
          placeholder={say("users_unit")}
          className="filter-value"
          value={unit}
          options={me.units.map((one) => ({ value: one.id, label: one.name }))}
          onChange={(value: string | undefined) => setUnit(value ?? null)}
        />
      </div>
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      <PeriodTable rows={found.data?.periods ?? []} loading={found.isPending} />
    </section>
  );
}

function PeriodTable({ rows, loading = false }: { rows: PeriodShown[]; loading?: boolean }) {
  const { say, pick } = useWords();
  const inWords = usePeriod();
  return (
    <Table<PeriodShown>
      {...TABLE}
      rowKey={(one) => one.class_words.code}
      loading={loading}
      dataSource={rows}
      columns={[
        { title: say("retention_class"), key: "class", render: (_, one) => pick(one.class_words.words) },
        { title: say("retention_period"), key: "period", render: (_, one) => inWords(one.period) },
        {
          title: say("retention_source"),
          key: "source",
          render: (_, one) => (
            <div className="facts">
              <Clauses clauses={one.sources} />
            </div>
          ),
        },
      ]}
    />
  );
}

function Versions() {
  const { say, pick } = useWords();
  const { may } = useSession();
  const [search, setSearch] = useSearchParams();
  const [making, setMaking] = useState(false);
  const open = search.get("version");
  const found = useQuery({
    queryKey: ["retention", "versions"],
    queryFn: () => answer(api.GET("/api/retention/versions")),
  });
  return (
    <section className="case-panel">
      <div className="title-line">
        <h2>{say("retention_versions")}</h2>
        {may("CHANGE_RETENTION") ? <Button onClick={() => setMaking(true)}>{say("retention_new")}</Button> : null}
      </div>
      <p className="muted">{say("retention_versions_hint")}</p>
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      <Table<VersionShown>
        {...TABLE}
        rowKey="id"
        loading={found.isPending}
        dataSource={found.data?.versions ?? []}
        locale={{ emptyText: <Empty description={say("retention_versions_none")} /> }}
        columns={[
          {
            title: say("retention_from"),
            key: "from",
            render: (_, one) => (
              <Button type="link" className="only" onClick={() => setSearch({ version: one.id })}>
                {one.from_day}
                {one.is_retroactive ? ` · ${say("retention_back")}` : ""}
              </Button>
            ),
          },
          { title: say("users_unit"), key: "unit", render: (_, one) => one.unit_name ?? one.unit },
          { title: say("retention_touched"), key: "touched", render: (_, one) => one.touched },
          {
            title: say("retention_answer"),
            key: "answer",
            render: (_, one) =>
              one.answer ? (
                pick(one.answer.words)
              ) : (
                <span className="status partly">{say("retention_waits")}</span>
              ),
          },
          { title: say("record_at"), key: "at", render: (_, one) => <Moment utc={one.stated_at} zone={false} /> },
        ]}
      />
      {making ? <Change onClose={() => setMaking(false)} /> : null}
      {open ? <OneVersion version={open} onClose={() => setSearch({})} /> : null}
    </section>
  );
}

function Touches({ seen }: { seen: PreviewShown }) {
  const { say, pick } = useWords();
  const names = (said: PreviewShown["shorter"]) => said.map((one) => pick(one.words)).join("、");
  return (
    <>
      <h3>{say("retention_moved", { count: seen.touched })}</h3>
      {seen.shorter.length ? (
        <p className="status partly">{say("retention_shorter", { names: names(seen.shorter) })}</p>
      ) : null}
      {seen.below_litigation.length ? (
        <>
          <p className="status bad">{say("retention_below", { names: names(seen.below_litigation) })}</p>
          <Clauses clauses={[seen.litigation]} />
        </>
      ) : null}
      <Table<PreviewShown["moved"][number]>
        {...TABLE}
        size="small"
        rowKey="recording"
        dataSource={seen.moved}
        locale={{ emptyText: say("none") }}
        columns={[
          {
            title: say("holds_listed"),
            key: "recording",
            render: (_, one) => <Link to={`/recordings/${one.recording}`}>{one.recording.slice(0, 12)}…</Link>,
          },
          { title: say("retention_before"), key: "before", render: (_, one) => one.before ?? say("retention_never") },
          { title: say("retention_after"), key: "after", render: (_, one) => one.after ?? say("retention_never") },
        ]}
      />
    </>
  );
}

function OneVersion({ version, onClose }: { version: string; onClose: () => void }) {
  const { say } = useWords();
  const { may } = useSession();
  const params = { path: { version } };
  const found = useQuery({
    queryKey: ["retention", "version", version],
    queryFn: () => answer(api.GET("/api/retention/versions/{version}", { params })),
  });
  const give = useDoing(
    (body: { approve: boolean; seen?: string }) =>
      answer(api.POST("/api/retention/versions/{version}/answer", { params, body })),
    onClose,
  );
  const one = found.data?.version;
  const waits = one?.answer === null && may("CONFIRM_RETENTION");
  return (
    <Drawer open loading={found.isPending} title={say("retention_versions")} size={640} onClose={onClose}>
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      {one && found.data ? (
        <>
          <p>
            {say("retention_from")} {one.from_day}
            {one.is_retroactive ? ` · ${say("retention_back")}` : ""} · {one.person_name ?? "—"}
          </p>
          {one.note ? <p>{one.note}</p> : null}
          <PeriodTable rows={one.periods} />
          <Touches seen={found.data.preview} />
          {waits && one.is_own ? <p className="small">{say("retention_own")}</p> : null}
          {waits ? (
            <div className="actions">
              {one.is_own ? null : (
                <Popconfirm
                  title={say("retention_approve_ask")}
                  okText={say("retention_approve")}
                  cancelText={say("cancel")}
                  onConfirm={() => give.mutate({ approve: true, seen: found.data.preview.sha256 })}
                >
                  <Button type="primary" loading={give.isPending}>
                    {say("retention_approve")}
                  </Button>
                </Popconfirm>
              )}
              <Button loading={give.isPending} onClick={() => give.mutate({ approve: false })}>
                {say(one.is_own ? "retention_withdraw" : "retention_refuse")}
              </Button>
            </div>
          ) : null}
        </>
      ) : null}
    </Drawer>
  );
}

interface Given {
  unit: string;
  class_code: string;
  period: string;
  document: string;
  article: string;
  quote: string;
  from_day: Dayjs;
  is_retroactive?: boolean;
  note?: string;
}

function bodyOf({ unit, from_day, is_retroactive = false, note, ...period }: Given) {
  return {
    unit,
    from_day: from_day.format("YYYY-MM-DD"),
    is_retroactive,
    note: note ?? null,
    periods: [period],
  };
}

/** One class at a time: what it touches is shown before it is made. */
function Change({ onClose }: { onClose: () => void }) {
  const { say, pick } = useWords();
  const { me } = useSession();
  const [form] = Form.useForm<Given>();
  const known = useQuery({
    queryKey: ["retention", "periods", null],
    queryFn: () => answer(api.GET("/api/retention/periods")),
  });
  const make = useDoing(
    (given: Given) => answer(api.POST("/api/retention/versions", { body: bodyOf(given) })),
    onClose,
  );
  const see = useDoing((given: Given) => answer(api.POST("/api/retention/preview", { body: bodyOf(given) })));
  const units = me.units.map((one) => ({ value: one.id, label: one.name }));
  const classes = (known.data?.periods ?? []).map((one) => ({
    value: one.class_words.code,
    label: pick(one.class_words.words),
  }));
  return (
    <Modal
      open
      title={say("retention_new")}
      okText={say("save")}
      cancelText={say("cancel")}
      confirmLoading={make.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <p className="muted">{say("retention_versions_hint")}</p>
      <Form<Given>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ unit: units[0]?.value, from_day: dayjs() }}
        onFinish={(given) => make.mutate(given)}
      >
        <Field name="unit" label="users_unit">
          <Select options={units} showSearch={{ optionFilterProp: "label" }} />
        </Field>
        <Field name="class_code" label="retention_class">
          <Select options={classes} />
        </Field>
        <Field name="period" label="retention_period">
          <Input maxLength={20} autoComplete="off" placeholder={say("retention_period_hint")} />
        </Field>
        <Field name="document" label="retention_document">
          <Input maxLength={200} autoComplete="off" />
        </Field>
        <Field name="article" label="retention_article">
          <Input maxLength={200} autoComplete="off" />
        </Field>
        <Field name="quote" label="retention_quote">
          <Input.TextArea maxLength={1000} rows={2} />
        </Field>
        <Field name="from_day" label="retention_from">
          <DatePicker />
        </Field>
        <Form.Item name="is_retroactive" valuePropName="checked">
          <Checkbox>{say("retention_back")}</Checkbox>
        </Form.Item>
        <Field name="note" label="fact_note" optional>
          <Input.TextArea maxLength={4000} rows={2} />
        </Field>
      </Form>
      <Button
        loading={see.isPending}
        onClick={() => void form.validateFields().then((given) => see.mutate(given))}
      >
        {say("retention_preview")}
      </Button>
      {see.data ? <Touches seen={see.data} /> : null}
    </Modal>
  );
}
