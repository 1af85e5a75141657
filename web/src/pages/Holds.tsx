import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Drawer, Empty, Form, Input, Modal, Segmented, Select, Table } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { answer, api } from "../api/client";
import type { HoldFound, HoldShown } from "../api/client";
import { moment } from "../cases/facts";
import { useRecordingName } from "../cases/Named";
import { Trouble } from "../parts/Trouble";
import { beijing, Moment } from "../parts/time";
import { Asking, Field, useOptions } from "../register/Asking";
import { useSession } from "../session/session";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";
import { HOLD_KINDS } from "../words/offered";

type State = HoldShown["state"]["code"];
type Kind = keyof typeof HOLD_KINDS;
const MOODS: Record<string, string> = { ACTIVE: "partly", ENDED: "plain-status", RELEASED: "good" };

/** The address is the truth: the state that is looked for, and the hold that is open. */
export function Holds() {
  const { say } = useWords();
  const { may } = useSession();
  const [search, setSearch] = useSearchParams();
  const [placing, setPlacing] = useState(false);
  const state = search.get("state") ?? "ACTIVE";
  const open = search.get("hold");
  const found = useQuery({
    queryKey: ["holds", state],
    queryFn: () =>
      answer(api.GET("/api/holds", { params: { query: { state: state as "ACTIVE" | "ENDED" | "RELEASED" } } })),
  });
  const go = (name: string, value: string | null) => {
    const next = new URLSearchParams(search);
    if (value) next.set(name, value);
    else next.delete(name);
    setSearch(next);
  };
  return (
    <>
      <div className="title-line">
        <h1 className="title">{say("holds_title")}</h1>
        <Segmented<State>
          aria-label={say("holds_state")}
          value={state}
          onChange={(value) => go("state", value)}
          options={[
            { value: "ACTIVE", label: say("holds_active") },
            { value: "ENDED", label: say("holds_ended") },
            { value: "RELEASED", label: say("holds_released") },
          ]}
        />
        {may("PLACE_HOLDS") ? (
          <Button type="primary" onClick={() => setPlacing(true)}>
            {say("holds_new")}
          </Button>
        ) : null}
      </div>
      <p className="muted">{say("holds_hint")}</p>
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      <List rows={found.data?.holds ?? []} loading={found.isPending} onOpen={(id) => go("hold", id)} />
      {placing ? <Place onClose={() => setPlacing(false)} /> : null}
      {open ? <One hold={open} onClose={() => go("hold", null)} /> : null}
    </>
  );
}

interface ListProps {
  rows: HoldShown[];
  loading: boolean;
  onOpen: (id: string) => void;
}

function List({ rows, loading, onOpen }: ListProps) {
  const { say, pick } = useWords();
  return (
    <Table<HoldShown>
      rowKey="id"
      size="middle"
      loading={loading}
      dataSource={rows}
      pagination={false}
      scroll={{ x: "max-content" }}
      locale={{ emptyText: <Empty description={say("holds_none")} /> }}
      columns={[
        {
          title: say("holds_basis"),
          key: "basis",
          render: (_, one) => (
            <div className="facts">
              <Button type="link" className="only" onClick={() => onOpen(one.id)}>
                {one.basis}
              </Button>
              <div className="small muted">{pick(one.kind.words)}</div>
            </div>
          ),
        },
        { title: say("holds_listed"), key: "listed", render: (_, one) => say("holds_count", { count: one.listed }) },
        { title: say("holds_state"), key: "state", render: (_, one) => <Stands hold={one} /> },
        { title: say("holds_owner"), key: "owner", render: (_, one) => one.owner_name ?? "—" },
        { title: say("users_unit"), key: "unit", render: (_, one) => one.unit_name ?? "—" },
        { title: say("record_at"), key: "at", render: (_, one) => <Moment utc={one.placed_at} zone={false} /> },
      ]}
    />
  );
}

function Stands({ hold }: { hold: HoldShown }) {
  const { say, pick } = useWords();
  return (
    <>
      <span className={`status ${MOODS[hold.state.code] ?? "plain-status"}`}>{pick(hold.state.words)}</span>
      <div className="small">
        {say("holds_review")} {hold.review_on}
        {hold.ends_on ? ` · ${say("holds_ends", { day: hold.ends_on })}` : ""}
      </div>
      {hold.is_review_late ? <span className="status bad">{say("holds_review_late")}</span> : null}
    </>
  );
}

function One({ hold, onClose }: { hold: string; onClose: () => void }) {
  const { pick } = useWords();
  const path = { hold };
  const found = useQuery({
    queryKey: ["hold", hold],
    queryFn: () => answer(api.GET("/api/holds/{hold}", { params: { path } })),
  });
  const one = found.data?.hold;
  return (
    <Drawer
      open
      loading={found.isPending}
      title={one ? `${pick(one.kind.words)} · ${one.basis}` : ""}
      size={560}
      onClose={onClose}
    >
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      {one && found.data ? <Opened hold={one} found={found.data.found} /> : null}
    </Drawer>
  );
}

function Opened({ hold, found }: { hold: HoldShown; found: HoldFound }) {
  const { say } = useWords();
  const { may } = useSession();
  const holds = hold.state.code === "ACTIVE";
  return (
    <>
      <Stands hold={hold} />
      {hold.note ? <p>{hold.note}</p> : null}
      <p className="small muted">
        {say("holds_by")} {hold.person_name ?? "—"} · <Moment utc={hold.placed_at} />
      </p>
      {hold.released_at ? (
        <p>
          {say("holds_let_go", {
            name: hold.released_by_name ?? "—",
            time: beijing(hold.released_at),
            basis: hold.release_basis ?? "",
          })}
        </p>
      ) : null}
      <Scope hold={hold} />
      {holds && may("RELEASE_HOLDS") && hold.is_own ? <p className="small">{say("holds_own")}</p> : null}
      <div className="actions">
        {holds && may("PLACE_HOLDS") ? <Review hold={hold.id} /> : null}
        {holds && may("RELEASE_HOLDS") && !hold.is_own ? <Release hold={hold.id} /> : null}
      </div>
      <Found found={found} />
    </>
  );
}

function Scope({ hold }: { hold: HoldShown }) {
  const { say } = useWords();
  const { scope } = hold;
  const when = scope.since ? `${beijing(scope.since)} – ${scope.until ? beijing(scope.until) : ""}` : "";
  const about = [...scope.person_names, when, ...scope.case_numbers].filter((part) => part !== "");
  if (about.length === 0) return null;
  return (
    <p>
      <strong>{say("holds_scope")}</strong> {about.join(" · ")}
    </p>
  );
}

function Found({ found }: { found: HoldFound }) {
  const { say } = useWords();
  const name = useRecordingName();
  return (
    <>
      <h3>{say("holds_found", { count: found.count })}</h3>
      {found.recordings.length < found.count ? <p className="small muted">{say("holds_found_shown")}</p> : null}
      <ul className="points">
        {found.recordings.map((one) => (
          <li key={one.recording}>
            <Link to={`/recordings/${one.recording}`}>{name(one)}</Link>
          </li>
        ))}
      </ul>
    </>
  );
}

function Release({ hold }: { hold: string }) {
  return (
    <Asking<{ basis: string; note?: string }>
      title="holds_release"
      act={(body) => answer(api.POST("/api/holds/{hold}/release", { params: { path: { hold } }, body }))}
    >
      <Field name="basis" label="holds_release_basis">
        <Input maxLength={200} autoComplete="off" />
      </Field>
      <Field name="note" label="fact_note" optional>
        <Input.TextArea maxLength={4000} rows={2} />
      </Field>
    </Asking>
  );
}

function Review({ hold }: { hold: string }) {
  return (
    <Asking<{ review_on: Dayjs; note?: string }>
      title="holds_do_review"
      act={({ review_on, ...given }) =>
        answer(
          api.POST("/api/holds/{hold}/review", {
            params: { path: { hold } },
            body: { ...given, review_on: review_on.format("YYYY-MM-DD") },
          }),
        )
      }
    >
      <Field name="review_on" label="holds_next">
        <DatePicker />
      </Field>
      <Field name="note" label="fact_note" optional>
        <Input.TextArea maxLength={4000} rows={2} />
      </Field>
    </Asking>
  );
}

interface Given {
  unit: string;
  kind: Kind;
  basis: string;
  review_on: Dayjs;
  owner?: string;
  note?: string;
  persons?: string[];
  interval?: [Dayjs | null, Dayjs | null] | null;
  cases?: string[];
}

function scopeOf({ persons = [], interval, cases = [] }: Given) {
  const [since, until] = interval ?? [null, null];
  return {
    persons,
    since: since ? moment(since) : null,
    until: until ? moment(until) : null,
    cases,
    actions: [],
    recordings: [],
  };
}

/** What a hold is about; what it would hold is shown before it is placed. */
function Place({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const { me } = useSession();
  const [form] = Form.useForm<Given>();
  const kinds = useOptions(HOLD_KINDS);
  const place = useDoing(({ review_on, ...given }: Given) => {
    const { unit, kind, basis, owner = null, note = null } = given;
    const day = review_on.format("YYYY-MM-DD");
    const body = { unit, kind, basis, owner, note, review_on: day, scope: scopeOf({ review_on, ...given }) };
    return answer(api.POST("/api/holds", { body }));
  }, onClose);
  const find = useDoing((given: Given) =>
    answer(api.POST("/api/holds/found", { body: { unit: given.unit, scope: scopeOf(given) } })),
  );
  const units = me.units.map((one) => ({ value: one.id, label: one.name }));
  return (
    <Modal
      open
      title={say("holds_new")}
      okText={say("save")}
      cancelText={say("cancel")}
      confirmLoading={place.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form<Given>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ unit: units[0]?.value, kind: "COMPLAINT" }}
        onFinish={(given) => place.mutate(given)}
      >
        <Field name="kind" label="holds_kind">
          <Select options={kinds} />
        </Field>
        <Field name="basis" label="holds_basis">
          <Input maxLength={200} autoComplete="off" placeholder={say("holds_basis_hint")} />
        </Field>
        <Field name="review_on" label="holds_review">
          <DatePicker />
        </Field>
        <Field name="unit" label="holds_unit">
          <Select options={units} showSearch={{ optionFilterProp: "label" }} />
        </Field>
        <p className="small muted">{say("holds_scope_hint")}</p>
        <ScopeFields />
        <Field name="note" label="fact_note" optional>
          <Input.TextArea maxLength={4000} rows={2} />
        </Field>
      </Form>
      <Button loading={find.isPending} onClick={() => find.mutate(form.getFieldsValue(true) as Given)}>
        {say("holds_find")}
      </Button>
      {find.data ? <Found found={find.data} /> : null}
    </Modal>
  );
}

function ScopeFields() {
  const { say } = useWords();
  const people = useQuery({ queryKey: ["persons", "holds"], queryFn: () => answer(api.GET("/api/holds/persons")) });
  const cases = useQuery({
    queryKey: ["cases", "holds"],
    queryFn: () => answer(api.GET("/api/cases", { params: { query: { limit: 100 } } })),
  });
  const names = (people.data?.persons ?? []).map((one) => ({
    value: one.id,
    label: [one.name ?? say("users_erased"), one.officer_number].filter((part) => part !== null).join(" · "),
  }));
  const numbers = (cases.data?.cases ?? []).map((one) => ({ value: one.id, label: one.number }));
  return (
    <>
      <Field name="owner" label="holds_owner" optional>
        <Select allowClear showSearch={{ optionFilterProp: "label" }} options={names} />
      </Field>
      <Field name="persons" label="holds_people" optional>
        <Select mode="multiple" showSearch={{ optionFilterProp: "label" }} options={names} />
      </Field>
      <Field name="interval" label="holds_interval" optional>
        <DatePicker.RangePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" allowEmpty={[false, true]} />
      </Field>
      <Field name="cases" label="holds_cases" optional>
        <Select mode="multiple" showSearch={{ optionFilterProp: "label" }} options={numbers} />
      </Field>
    </>
  );
}
