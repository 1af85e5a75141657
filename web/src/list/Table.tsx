import { Button, Empty, Grid, Table, Tag, Tooltip } from "antd";
import type { TableColumnsType } from "antd";
import { Link } from "react-router";
import type { ListedRecording } from "../api/client";
import { Labels } from "../parts/Labels";
import { bytes, Moment } from "../parts/time";
import { KINDS } from "../words/codes";
import { useWords } from "../words/language";
import type { Exact } from "./wanted";

interface Props {
  rows: ListedRecording[];
  loading: boolean;
  onOnly: (by: Exact, value: string) => void;
}

export function RecordingsTable({ rows, loading, onOnly }: Props) {
  const { say, word } = useWords();
  // Where there is no room for their column, labels stand below the name: none is hidden.
  const wide = Grid.useBreakpoint().md ?? false;
  const only = (by: Exact, value: string | null, shown?: string | null) =>
    value ? (
      <Tooltip title={say("filter_by_this", { value: shown ?? value })}>
        <Button type="link" size="small" className="only" onClick={() => onOnly(by, value)}>
          {shown ?? value}
        </Button>
      </Tooltip>
    ) : (
      <span className="muted">—</span>
    );
  const columns: TableColumnsType<ListedRecording> = [
    {
      title: say("col_name"),
      key: "name",
      render: (_, row) => (
        <>
          <Link className="file" to={`/recordings/${row.recording}`}>
            {row.name}
          </Link>
          {row.disposed ? (
            <div className="small muted">
              {say("disposal_gone")} {row.disposed}
            </div>
          ) : null}
          {wide || row.labels.length === 0 ? null : (
            <div className="row-labels">
              <Labels labels={row.labels} />
            </div>
          )}
        </>
      ),
    },
    { title: say("col_kind"), key: "kind", width: 96, render: (_, row) => word(KINDS, row.kind) },
    {
      title: say("col_labels"),
      key: "labels",
      responsive: ["md"],
      render: (_, row) => <Labels labels={row.labels} />,
    },
    { title: say("col_day"), key: "day", width: 132, render: (_, row) => only("day", row.day) },
    {
      title: say("col_recorder"),
      key: "recorder",
      responsive: ["sm"],
      render: (_, row) => only("recorder", row.recorder),
    },
    {
      title: say("col_officer"),
      key: "officer",
      responsive: ["lg"],
      render: (_, row) => only("officer", row.officer),
    },
    {
      title: say("col_unit"),
      key: "unit",
      responsive: ["xl"],
      render: (_, row) => only("unit", row.unit, row.unit_name),
    },
    {
      title: say("col_dock"),
      key: "dock",
      responsive: ["lg"],
      render: (_, row) => only("dock", row.dock),
    },
    {
      title: say("col_size"),
      key: "size",
      align: "right",
      width: 96,
      responsive: ["md"],
      render: (_, row) => bytes(row.size),
    },
    {
      title: say("col_sealed"),
      key: "sealed",
      width: 176,
      responsive: ["sm"],
      render: (_, row) => <Moment utc={row.sealed_at} zone={false} />,
    },
  ];
  return (
    <Table<ListedRecording>
      rowKey="sighting"
      size="middle"
      columns={columns}
      dataSource={rows}
      loading={loading}
      pagination={false}
      locale={{ emptyText: <Empty description={say("list_none")} /> }}
    />
  );
}

/** One sighting's remarks where there is no table. */
export function Kind({ kind }: { kind: string }) {
  const { word } = useWords();
  return <Tag color="blue">{word(KINDS, kind)}</Tag>;
}
