import { useQuery } from "@tanstack/react-query";
import { DatePicker, Spin, Table } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { answer, api } from "../api/client";
import type { RatioShown } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { beijing } from "../parts/time";
import { useWords } from "../words/language";
import { beijingDay, Verdict } from "./words";

const DAY = "YYYY-MM-DD";
const WIDTH = 600;
const HEIGHT = 80;

interface Row {
  when: string;
  ratio: RatioShown;
}

function same(one: RatioShown, other: RatioShown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The ratio by day: a picture of it, and a table of the days on which something changed. */
export function History({ unit, last }: { unit: string; last: string }) {
  const { say } = useWords();
  const [range, setRange] = useState<[string, string]>([dayjs(last).subtract(89, "day").format(DAY), last]);
  const [first, end] = range;
  const past = useQuery({
    queryKey: ["ratio", "history", unit, first, end],
    queryFn: () =>
      answer(
        api.GET("/api/ratio/{unit}/history", { params: { path: { unit }, query: { first, last: end } } }),
      ),
  });
  const days = past.data?.days ?? [];
  const turned = days.filter((one, place) => {
    const before = days[place - 1];
    return before === undefined || !same(before.worst, one.worst);
  });
  return (
    <>
      <p className="muted">{say("ratio_history_hint")}</p>
      <DatePicker.RangePicker
        aria-label={say("ratio_from_to")}
        allowClear={false}
        value={[dayjs(first), dayjs(end)]}
        maxDate={dayjs(beijingDay(new Date()))}
        onChange={(chosen) => {
          if (chosen?.[0] && chosen[1]) setRange([chosen[0].format(DAY), chosen[1].format(DAY)]);
        }}
      />
      {past.error ? <Trouble problem={past.error} again={() => void past.refetch()} /> : null}
      {past.isPending ? <Spin aria-label={say("loading")} /> : null}
      {days.length > 0 ? (
        <Picture days={days.map((one) => one.worst)} label={say("ratio_history_of", { first, last: end })} />
      ) : null}
      <Times rows={turned.map((one) => ({ when: one.day, ratio: one.worst })).reverse()} />
    </>
  );
}

export function Forecast({ unit }: { unit: string }) {
  const { say } = useWords();
  const ahead = useQuery({
    queryKey: ["ratio", "forecast", unit],
    queryFn: () => answer(api.GET("/api/ratio/{unit}/forecast", { params: { path: { unit } } })),
  });
  const rows = (ahead.data?.spans ?? []).map((one) => ({ when: beijing(one.start), ratio: one.ratio }));
  return (
    <>
      <p className="muted">{say("ratio_forecast_hint")}</p>
      {ahead.error ? <Trouble problem={ahead.error} again={() => void ahead.refetch()} /> : null}
      {ahead.isPending ? <Spin aria-label={say("loading")} /> : <Times rows={rows} />}
    </>
  );
}

/** Steps of what is there (filled) and what is required (line); the table below says the same. */
function Picture({ days, label }: { days: RatioShown[]; label: string }) {
  const { say } = useWords();
  const most = Math.max(1, ...days.map((one) => Math.max(one.present, one.required)));
  const wide = WIDTH / days.length;
  const high = (count: number) => HEIGHT - (count / most) * (HEIGHT - 4);
  const line = (of: (one: RatioShown) => number) =>
    days.map((one, place) => `${place === 0 ? "M" : "L"}${place * wide},${high(of(one))}h${wide}`).join("");
  return (
    <figure className="history">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} preserveAspectRatio="none">
        {days.map((one, place) => (
          <rect
            key={place}
            className={one.present >= one.required ? "bar-good" : "bar-bad"}
            x={place * wide}
            y={high(one.present)}
            width={wide}
            height={HEIGHT - high(one.present)}
          />
        ))}
        <path className="line-required" d={line((one) => one.required)} />
      </svg>
      <figcaption className="small muted">
        ■ {say("ratio_present")} · ━ {say("ratio_required")}
      </figcaption>
    </figure>
  );
}

function Times({ rows }: { rows: Row[] }) {
  const { say } = useWords();
  return (
    <Table<Row>
      rowKey="when"
      size="small"
      dataSource={rows}
      pagination={rows.length > 30 ? { pageSize: 30 } : false}
      scroll={{ x: "max-content" }}
      columns={[
        { title: say("ratio_since"), key: "when", render: (_, row) => row.when },
        { title: say("ratio_status"), key: "status", render: (_, row) => <Verdict ratio={row.ratio} /> },
        { title: say("ratio_people"), key: "people", align: "right", render: (_, row) => row.ratio.people },
        { title: say("ratio_present"), key: "present", align: "right", render: (_, row) => row.ratio.present },
        {
          title: say("ratio_required"),
          key: "required",
          align: "right",
          render: (_, row) => `${row.ratio.required} (${row.ratio.required_by_floor})`,
        },
      ]}
    />
  );
}
