import { useQuery } from "@tanstack/react-query";
import { Descriptions, Drawer, Spin, Table } from "antd";
import { Link } from "react-router";
import { answer, api } from "../api/client";
import type { ReportAsked, ReportShown } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { useWords } from "../words/language";

type Shown = ReportShown["tables"][number];
type Row = { key: number; cells: Shown["rows"][number] };

interface Asked {
  kind: ReportAsked["kind"];
  first: string;
  last: string;
}

/** What the file of a report would say; a number of an action leads to its page, and on to the second. */
export function ReportView({ kind, first, last, onClose }: Asked & { onClose: () => void }) {
  const { pick, say } = useWords();
  const found = useQuery({
    queryKey: ["report", kind, first, last],
    queryFn: () => answer(api.GET("/api/reports/{kind}", { params: { path: { kind }, query: { first, last } } })),
  });
  const report = found.data;
  return (
    <Drawer open size="large" title={report ? pick(report.title) : say("reports_title")} onClose={onClose}>
      {found.isPending ? <Spin /> : null}
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      <Descriptions
        size="small"
        column={1}
        items={(report?.facts ?? []).map((one) => ({
          key: one.title.en,
          label: pick(one.title),
          children: one.value,
        }))}
      />
      {(report?.tables ?? []).map((one) => (
        <ReportTable key={one.title.en} table={one} />
      ))}
    </Drawer>
  );
}

function ReportTable({ table }: { table: Shown }) {
  const { pick } = useWords();
  return (
    <section>
      <h2>{pick(table.title)}</h2>
      <Table<Row>
        size="small"
        pagination={table.rows.length > 20 ? { pageSize: 20 } : false}
        scroll={{ x: "max-content" }}
        locale={{ emptyText: pick(table.empty) }}
        dataSource={table.rows.map((cells, key) => ({ key, cells }))}
        columns={table.columns.map((column, place) => ({
          title: pick(column),
          key: place,
          render: (_, row) => {
            const cell = row.cells[place];
            return column.en === "action" ? <Link to={`/actions/${cell}`}>{cell}</Link> : cell;
          },
        }))}
      />
    </section>
  );
}
