import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Empty, Table } from "antd";
import dayjs from "dayjs";
import { useSearchParams } from "react-router";
import { answer, api } from "../api/client";
import type { RatioLine } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { beijing } from "../parts/time";
import { CALENDAR, CATALOGUE, ImportButton } from "../register/FileImport";
import { RatioDrawer } from "../register/RatioDrawer";
import { Reviewers } from "../register/Reviewers";
import { StandingForm } from "../register/UnitForms";
import { beijingDay, useUnitName, Verdict } from "../register/words";
import { useSession } from "../session/session";
import { useWords } from "../words/language";

const DAY = "YYYY-MM-DD";

/** The address is the truth: the day and the unit that is open stand in it. */
export function Ratio() {
  const { say } = useWords();
  const { may, mayEverywhere } = useSession();
  const [search, setSearch] = useSearchParams();
  const on = search.get("on");
  const open = search.get("unit");
  const board = useQuery({
    queryKey: ["ratio", "board", on],
    queryFn: () => answer(api.GET("/api/ratio", { params: { query: { on } } })),
  });
  const go = (changes: Record<string, string | null>) => {
    const next = new URLSearchParams(search);
    for (const [name, value] of Object.entries(changes)) {
      if (value) next.set(name, value);
      else next.delete(name);
    }
    setSearch(next);
  };
  const shown = on ?? board.data?.day;
  const lines = board.data?.lines ?? [];
  const line = lines.find((one) => one.unit.id === open && one.within);
  return (
    <>
      <div className="title-line">
        <h1 className="title">{say("ratio_title")}</h1>
        <DatePicker
          aria-label={say("ratio_day")}
          value={shown ? dayjs(shown) : null}
          placeholder={say("ratio_day")}
          allowClear={on !== null}
          maxDate={dayjs(beijingDay(new Date()))}
          onChange={(day) => go({ on: day ? day.format(DAY) : null })}
        />
        {board.data ? <span className="muted">{say("ratio_now", { time: beijing(board.data.at) })}</span> : null}
      </div>
      <div className="actions">
        {may("MANAGE_USERS") ? <StandingForm /> : null}
        {mayEverywhere("MANAGE_RULES") ? <ImportButton how={CALENDAR} /> : null}
        {mayEverywhere("MANAGE_RULES") ? <ImportButton how={CATALOGUE} /> : null}
      </div>
      <p className="muted">{say("ratio_hint")}</p>
      {board.error ? <Trouble problem={board.error} again={() => void board.refetch()} /> : null}
      <Board lines={lines} loading={board.isPending} onOpen={(unit) => go({ unit })} />
      <Reviewers on={on} />
      {line ? <RatioDrawer line={line} on={on} onClose={() => go({ unit: null })} /> : null}
    </>
  );
}

function Board({ lines, loading, onOpen }: { lines: RatioLine[]; loading: boolean; onOpen: (unit: string) => void }) {
  const { say } = useWords();
  const nameOf = useUnitName();
  // Who entrusted a body may be out of reach, and the body itself too: then the board knows its name.
  const called = (id: string) => lines.find((one) => one.unit.id === id)?.unit.name ?? nameOf(id);
  return (
    <Table<RatioLine>
      rowKey={(line) => line.unit.id}
      size="middle"
      className="board"
      loading={loading}
      dataSource={lines}
      pagination={lines.length > 100 ? { pageSize: 100 } : false}
      scroll={{ x: "max-content" }}
      locale={{ emptyText: <Empty description={say("ratio_none")} /> }}
      columns={[
        {
          title: say("ratio_unit"),
          key: "unit",
          render: (_, line) => (
            <div className={line.is_body ? "body-line" : "section-line"}>
              {line.within ? (
                <Button
                  type="link"
                  className="only"
                  aria-label={say("ratio_open", { unit: line.unit.name })}
                  onClick={() => onOpen(line.unit.id)}
                >
                  {line.unit.name}
                </Button>
              ) : (
                line.unit.name
              )}
              <div className="muted small">{say(line.is_body ? "ratio_body" : "ratio_section")}</div>
              {line.principal ? (
                <div className="small">{say("ratio_principal", { unit: called(line.principal) })}</div>
              ) : null}
            </div>
          ),
        },
        { title: say("ratio_status"), key: "status", render: (_, line) => <Status line={line} called={called} /> },
        {
          title: say("ratio_people"),
          key: "people",
          align: "right",
          render: (_, line) => (
            <>
              {line.ratio.people}
              <div className="muted small">{say("ratio_roster", { count: line.ratio.roster })}</div>
            </>
          ),
        },
        { title: say("ratio_present"), key: "present", align: "right", render: (_, line) => line.ratio.present },
        {
          title: say("ratio_required"),
          children: [
            {
              title: say("ratio_required_ceil"),
              key: "ceil",
              align: "right",
              render: (_, line) => line.ratio.required,
            },
            {
              title: say("ratio_required_floor"),
              key: "floor",
              align: "right",
              render: (_, line) => line.ratio.required_by_floor,
            },
          ],
        },
      ]}
    />
  );
}

function Status({ line, called }: { line: RatioLine; called: (id: string) => string }) {
  const { say } = useWords();
  return (
    <>
      <Verdict ratio={line.ratio} />
      {line.principal && line.concerns.length > 0 ? (
        <div className="small">{say("ratio_concerns", { units: line.concerns.map(called).join("、") })}</div>
      ) : null}
    </>
  );
}
