import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Empty, Input, Popconfirm, Table } from "antd";
import type { Dayjs } from "dayjs";
import { answer, api } from "../api/client";
import type { CopyShown, GrantShown, LoanShown } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { Moment } from "../parts/time";
import { Asking, Field } from "../register/Asking";
import { useSession } from "../session/session";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";

const TABLE = { size: "middle", pagination: false, scroll: { x: "max-content" } } as const;

/** What left under the grants that are shown: media that are due back, and copies. */
export function Outgoing() {
  const { say } = useWords();
  const found = useQuery({ queryKey: ["grants", "outgoing"], queryFn: () => answer(api.GET("/api/outgoing")) });
  if (found.error) return <Trouble problem={found.error} again={() => void found.refetch()} />;
  return (
    <>
      <section className="case-panel">
        <h2>{say("out_loans")}</h2>
        <Loans rows={found.data?.loans ?? []} loading={found.isPending} />
      </section>
      <section className="case-panel">
        <h2>{say("out_copies")}</h2>
        <Copies rows={found.data?.copies ?? []} loading={found.isPending} />
      </section>
    </>
  );
}

function Loans({ rows, loading }: { rows: LoanShown[]; loading: boolean }) {
  const { say } = useWords();
  const { may } = useSession();
  return (
    <Table<LoanShown>
      {...TABLE}
      rowKey="id"
      loading={loading}
      dataSource={rows}
      locale={{ emptyText: <Empty description={say("out_loans_none")} /> }}
      columns={[
        { title: say("out_medium"), dataIndex: "medium" },
        { title: say("access_document"), dataIndex: "document_number" },
        { title: say("out_receiver"), key: "receiver", render: (_, one) => one.receiver ?? "—" },
        {
          title: say("out_due"),
          key: "due",
          render: (_, one) => (
            <>
              {one.due_on} {one.overdue ? <span className="status bad">{say("out_overdue")}</span> : null}
            </>
          ),
        },
        {
          title: say("access_state"),
          key: "state",
          render: (_, one) => {
            if (one.back_at) return <Moment utc={one.back_at} zone={false} />;
            return may("APPROVE_ACCESS") ? <Return loan={one} /> : say("out_away");
          },
        },
      ]}
    />
  );
}

function Return({ loan }: { loan: LoanShown }) {
  const { say } = useWords();
  const params = { path: { grant: loan.grant, number: loan.number } };
  const give = useDoing(() =>
    answer(api.POST("/api/grants/{grant}/loans/{number}/return", { params, body: {} })),
  );
  return (
    <Popconfirm
      title={say("out_return_ask", { medium: loan.medium })}
      okText={say("out_return")}
      cancelText={say("cancel")}
      onConfirm={() => give.mutate(undefined)}
    >
      <Button loading={give.isPending}>{say("out_return")}</Button>
    </Popconfirm>
  );
}

function Copies({ rows, loading }: { rows: CopyShown[]; loading: boolean }) {
  const { say, pick } = useWords();
  return (
    <Table<CopyShown>
      {...TABLE}
      rowKey="id"
      loading={loading}
      dataSource={rows}
      locale={{ emptyText: <Empty description={say("out_copies_none")} /> }}
      expandable={{ expandedRowRender: (one) => <pre className="policy-text">{one.signed}</pre> }}
      columns={[
        { title: say("access_document"), dataIndex: "document_number" },
        { title: say("out_form"), key: "form", render: (_, one) => pick(one.form.words) },
        { title: say("out_receiver"), key: "receiver", render: (_, one) => one.receiver ?? "—" },
        { title: say("record_at"), key: "at", render: (_, one) => <Moment utc={one.given_at} zone={false} /> },
      ]}
    />
  );
}

interface Given {
  medium: string;
  receiver: string;
  due_on: Dayjs;
}

/** Lends a medium under a grant to borrow. */
export function Lend({ grant }: { grant: GrantShown }) {
  const params = { path: { grant: grant.id } };
  return (
    <Asking<Given>
      title="out_lend"
      act={({ due_on, ...given }) => {
        const body = { ...given, due_on: due_on.format("YYYY-MM-DD") };
        return answer(api.POST("/api/grants/{grant}/loans", { params, body }));
      }}
    >
      <Field name="medium" label="out_medium">
        <Input maxLength={200} autoComplete="off" />
      </Field>
      <Field name="receiver" label="out_receiver">
        <Input maxLength={200} autoComplete="off" />
      </Field>
      <Field name="due_on" label="out_due">
        <DatePicker />
      </Field>
    </Asking>
  );
}
