import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Empty, Input, Table } from "antd";
import { useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { answer, api } from "../api/client";
import type { CaseShown } from "../api/client";
import { CaseDialog } from "../cases/dialogs";
import { WaitingProposals } from "../cases/Proposals";
import { ACTION_LIST, CASE_LIST, ImportButton } from "../register/FileImport";
import { Trouble } from "../parts/Trouble";
import { Moment } from "../parts/time";
import { useSession } from "../session/session";
import { useWords } from "../words/language";

/** The address is the truth: the number that is looked for stands in it. */
export function Cases() {
  const { say } = useWords();
  const { may } = useSession();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const [adding, setAdding] = useState(false);
  const number = search.get("number");
  const found = useInfiniteQuery({
    queryKey: ["cases", number],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      answer(api.GET("/api/cases", { params: { query: { before: pageParam, number } } })),
    getNextPageParam: (last) => last.next,
  });
  const rows = found.data?.pages.flatMap((page) => page.cases) ?? [];
  return (
    <>
      <div className="title-line">
        <h1 className="title">{say("cases_title")}</h1>
        <Input.Search
          className="filter-value"
          allowClear
          placeholder={say("cases_find")}
          aria-label={say("cases_find")}
          defaultValue={number ?? ""}
          onSearch={(value) => setSearch(value.trim() ? { number: value.trim() } : {})}
        />
        {may("IMPORT_CASES") ? (
          <>
            <ImportButton how={CASE_LIST} />
            <ImportButton how={ACTION_LIST} />
          </>
        ) : null}
        {may("KEEP_CASES") ? (
          <Button type="primary" onClick={() => setAdding(true)}>
            {say("cases_new")}
          </Button>
        ) : null}
      </div>
      <p className="muted">{say("cases_hint")}</p>
      {may("CONFIRM_CASES") ? <WaitingProposals /> : null}
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      <List rows={rows} loading={found.isPending} />
      {found.hasNextPage ? (
        <Button className="pager" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {say("next_page")}
        </Button>
      ) : null}
      {adding ? (
        <CaseDialog
          onClose={() => setAdding(false)}
          onDone={(id) => void navigate(`/cases/${id}`)}
        />
      ) : null}
    </>
  );
}

function List({ rows, loading }: { rows: CaseShown[]; loading: boolean }) {
  const { say, pick } = useWords();
  return (
    <Table<CaseShown>
      rowKey="id"
      size="middle"
      loading={loading}
      dataSource={rows}
      pagination={false}
      scroll={{ x: "max-content" }}
      locale={{ emptyText: <Empty description={say("cases_none")} /> }}
      columns={[
        {
          title: say("cases_number"),
          key: "number",
          render: (_, one) => (
            <>
              <Link to={`/cases/${one.id}`}>
                <strong>{one.number}</strong>
              </Link>
              <div className="small muted">{one.title}</div>
            </>
          ),
        },
        { title: say("cases_state"), key: "state", render: (_, one) => pick(one.state.words) },
        {
          title: say("cases_category"),
          key: "category",
          render: (_, one) => one.category_name ?? pick(one.category.words),
        },
        { title: say("cases_party"), key: "party", render: (_, one) => one.party ?? "—" },
        { title: say("users_unit"), key: "unit", render: (_, one) => one.unit_name ?? one.unit },
        { title: say("cases_since"), key: "at", render: (_, one) => <Moment utc={one.state_at} zone={false} /> },
      ]}
    />
  );
}
