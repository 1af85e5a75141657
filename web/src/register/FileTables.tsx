import { Table } from "antd";
import type { TableProps } from "antd";
import type { DayTurned, DeviceRow, ListedShown } from "../api/client";
import { weekday } from "../parts/time";
import { PERIODS, TIERS } from "../words/codes";
import { useWords } from "../words/language";

const MOST = 20;

/** How the tables of a preview look: short ones whole, long ones in pages. */
function previewed<Row extends object>(rows: Row[]): TableProps<Row> {
  return {
    size: "small",
    dataSource: rows,
    pagination: rows.length > MOST ? { pageSize: MOST, showSizeChanger: false } : false,
    scroll: { x: "max-content" },
  };
}

/** Each listed day: what it was and what it becomes; those that change come first. */
export function DayTurns({ turns }: { turns: DayTurned[] }) {
  const { say, pick, language } = useWords();
  if (turns.length === 0) return null;
  const [turned, kept] = [true, false].map((turns_now) =>
    turns.filter((one) => (one.was.code !== one.becomes.code) === turns_now),
  ) as [DayTurned[], DayTurned[]];
  return (
    <>
      <p>{say("files_turned", { turned: turned.length })}</p>
      <Table<DayTurned>
        rowKey="day"
        {...previewed([...turned, ...kept])}
        columns={[
          { title: say("files_day"), key: "day", render: (_, one) => `${one.day} ${weekday(one.day, language)}` },
          { title: say("files_was"), key: "was", render: (_, one) => pick(one.was.words) },
          {
            title: say("files_becomes"),
            key: "becomes",
            render: (_, one) => {
              const words = pick(one.becomes.words);
              return one.was.code === one.becomes.code ? words : <strong>{words}</strong>;
            },
          },
        ]}
      />
    </>
  );
}

/** The devices that would be taken in. */
export function ListedDevices({ rows }: { rows: DeviceRow[] }) {
  const { say } = useWords();
  if (rows.length === 0) return null;
  return (
    <>
      <p>{say("files_rows")}</p>
      <Table<DeviceRow>
        rowKey="line"
        {...previewed(rows)}
        columns={[
          { title: say("staff_line"), dataIndex: "line", align: "right" },
          { title: say("devices_number"), dataIndex: "device" },
          { title: say("files_make"), dataIndex: "make" },
        ]}
      />
    </>
  );
}

/** What would be recorded, and the profile it was held against. */
export function ListedItems({ items, profile }: { items: ListedShown[]; profile: string }) {
  const { say, word } = useWords();
  const period = (said: string | null) => {
    const [count, unit] = said?.split(" ") ?? [];
    if (unit === undefined) return said ? word(PERIODS, said) : "—";
    return say(unit === "y" ? "files_years" : "files_months", { count: count ?? "" });
  };
  if (items.length === 0) return null;
  return (
    <>
      <p>{say("files_against", { profile })}</p>
      <Table<ListedShown>
        rowKey="row"
        {...previewed(items)}
        columns={[
          { title: say("staff_line"), dataIndex: "row", align: "right" },
          { title: say("files_item"), dataIndex: "item" },
          { title: say("files_begins"), dataIndex: "begins" },
          { title: say("files_ends"), dataIndex: "ends" },
          { title: say("files_tier"), key: "tier", render: (_, one) => word(TIERS, one.tier) },
          { title: say("files_period"), key: "period", render: (_, one) => period(one.period) },
        ]}
      />
    </>
  );
}
