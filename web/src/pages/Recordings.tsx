import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Space } from "antd";
import { useSearchParams } from "react-router";
import { answer, api } from "../api/client";
import { Filters } from "../list/Filters";
import { RecordingsTable } from "../list/Table";
import { asked, searchOf, wantedOf } from "../list/wanted";
import type { Wanted } from "../list/wanted";
import { Trouble } from "../parts/Trouble";
import { useSession } from "../session/session";
import { useWords } from "../words/language";

const PAGE = 50;

export function Recordings() {
  const { say } = useWords();
  const { may } = useSession();
  const [search, setSearch] = useSearchParams();
  const wanted = wantedOf(search);
  const page = useQuery({
    queryKey: ["recordings", search.toString()],
    queryFn: () =>
      answer(api.GET("/api/recordings", { params: { query: asked(wanted, PAGE) } })),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });
  const known = useQuery({
    queryKey: ["units"],
    queryFn: () => answer(api.GET("/api/units")),
    enabled: may("READ_USERS"),
    staleTime: 60_000,
  });
  const rows = page.data?.recordings ?? [];
  // Who may not read all units can still choose among those that the rows in sight name.
  const seen = rows.flatMap((row) =>
    row.unit ? [{ id: row.unit, name: row.unit_name ?? row.unit }] : [],
  );
  const units = [
    ...new Map([...(known.data?.units ?? []), ...seen].map((unit) => [unit.id, unit])).values(),
  ];
  const docks = [...new Set(rows.map((row) => row.dock))].sort();
  const want = (chosen: Partial<Wanted>) => setSearch(searchOf(chosen));
  return (
    <>
      <h1 className="title">{say("list_title")}</h1>
      <Filters key={search.toString()} wanted={wanted} units={units} docks={docks} onWanted={want} />
      {page.error ? <Trouble problem={page.error} again={() => void page.refetch()} /> : null}
      <RecordingsTable
        rows={rows}
        loading={page.isFetching}
        onOnly={(by, value) => want({ by, value, from: wanted.from, to: wanted.to })}
      />
      <Space className="pager">
        {wanted.before ? (
          <Button onClick={() => want({ ...wanted, before: null })}>{say("first_page")}</Button>
        ) : null}
        <Button
          disabled={!page.data?.next || page.isPlaceholderData}
          onClick={() => {
            want({ ...wanted, before: page.data?.next ?? null });
            window.scrollTo(0, 0);
          }}
        >
          {say("next_page")}
        </Button>
      </Space>
    </>
  );
}
