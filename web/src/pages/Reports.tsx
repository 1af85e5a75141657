import { useMutation } from "@tanstack/react-query";
import { App, Button, DatePicker, Space, Table } from "antd";
import dayjs from "dayjs";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { answer, api } from "../api/client";
import type { ReportAsked } from "../api/client";
import { save } from "../parts/save";
import { useTroubleWords } from "../parts/Trouble";
import { beijingDay } from "../register/words";
import { useWords } from "../words/language";
import { ReportView } from "./ReportView";
import type { Key } from "../words/ui";

const DAY = "YYYY-MM-DD";
const DAYS_BEFORE = 30;
const FORMATS = [
  ["xlsx", "Excel"],
  ["pdf", "PDF"],
] as const;

type Kind = ReportAsked["kind"];
type Listed = { kind: Kind; word: Key };

const LISTED: Listed[] = [
  { kind: "ratio", word: "reports_ratio" },
  { kind: "holders", word: "reports_holders" },
  { kind: "coverage", word: "reports_coverage" },
  { kind: "docking", word: "reports_docking" },
  { kind: "unlinked", word: "reports_unlinked" },
  { kind: "auxiliaries", word: "reports_auxiliaries" },
];

/** The file and the digest under which it is on record. */
async function made(asked: ReportAsked): Promise<{ file: Blob; sha256: string }> {
  let sha256 = "";
  const file = await answer(
    api.POST("/api/reports", { body: asked, parseAs: "blob" }).then((got) => {
      sha256 = got.response.headers.get("x-liuhen-sha256") ?? "";
      return got;
    }),
  );
  return { file: file as unknown as Blob, sha256 };
}

export function Reports() {
  const { say } = useWords();
  const { message } = App.useApp();
  const trouble = useTroubleWords();
  const today = dayjs(beijingDay(new Date()));
  const [days, setDays] = useState<[Dayjs, Dayjs]>([today.subtract(DAYS_BEFORE, "day"), today]);
  const [first, last] = days.map((day) => day.format(DAY)) as [string, string];
  const [open, setOpen] = useState<Kind | null>(null);
  const make = useMutation({
    mutationFn: made,
    onSuccess: ({ file, sha256 }, { kind, format }) => {
      save(file, `${kind}-${last}.${format ?? "xlsx"}`);
      void message.success(say("reports_made", { sha256: sha256.slice(0, 12) }), 6);
    },
    onError: (problem) => void message.error(trouble(problem), 6),
  });
  const isMade = ({ kind }: Listed, format: string) =>
    make.isPending && make.variables.kind === kind && make.variables.format === format;
  return (
    <>
      <div className="title-line">
        <h1 className="title">{say("reports_title")}</h1>
        <DatePicker.RangePicker
          aria-label={say("reports_days")}
          value={days}
          allowClear={false}
          maxDate={today}
          onChange={(chosen) => {
            if (chosen?.[0] && chosen[1]) setDays([chosen[0], chosen[1]]);
          }}
        />
      </div>
      <p className="muted">{say("reports_hint")}</p>
      <Table<Listed>
        rowKey="kind"
        size="middle"
        dataSource={LISTED}
        pagination={false}
        columns={[
          {
            title: say("reports_name"),
            key: "name",
            render: (_, one) => (
              <>
                {say(one.word)}
                <div className="muted small">{say(one.kind === "ratio" ? "reports_of_last" : "reports_of_days")}</div>
              </>
            ),
          },
          {
            title: say("reports_download"),
            key: "download",
            render: (_, one) => (
              <Space wrap size="small">
                <Button
                  size="small"
                  aria-label={say("reports_show_one", { report: say(one.word) })}
                  onClick={() => setOpen(one.kind)}
                >
                  {say("reports_show")}
                </Button>
                {FORMATS.map(([format, name]) => (
                  <Button
                    key={format}
                    size="small"
                    aria-label={say("reports_download_as", { report: say(one.word), format: name })}
                    disabled={make.isPending}
                    loading={isMade(one, format)}
                    onClick={() => make.mutate({ kind: one.kind, first, last, format })}
                  >
                    {name}
                  </Button>
                ))}
              </Space>
            ),
          },
        ]}
      />
      {open ? <ReportView kind={open} first={first} last={last} onClose={() => setOpen(null)} /> : null}
    </>
  );
}
