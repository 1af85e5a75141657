import { App, Button, DatePicker, Input, Modal, Table } from "antd";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import type { ReactNode } from "react";
import { answer, api } from "../api/client";
import type { DayTurned, DeviceRow, ListedShown, Said } from "../api/client";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";
import type { Key } from "../words/ui";
import { DayTurns, ListedDevices, ListedItems } from "./FileTables";
import { AS_BYTES } from "./RosterImport";

interface Fault {
  line: number;
  words: Said["words"];
}

/** What a file comes to, row by row; `takes` says whether it may be taken in as it is. */
interface Seen {
  good: number;
  takes: boolean;
  faults: Fault[];
  rows: ReactNode;
}

interface Importing {
  title: Key;
  hint: Key;
  accept: string;
  choose?: Key;
  /** Whether the list holds from a day that is chosen. */
  dated?: boolean;
  /** Whether ids in it are those of a source that is named. */
  sourced?: boolean;
  /** `as` is the day or the source. */
  preview: (file: string, as: string | null) => Promise<Seen>;
  take: (file: string, as: string | null) => Promise<Seen>;
}

const SHEETS = ".csv,.xlsx,.xls";

interface ReadRow {
  line: number;
  faults: { column: string; words: Said["words"] }[];
}

function ofRows<Row extends ReadRow>(
  { good, rows }: { good: number; rows: Row[] },
  shown: (right: Row[]) => ReactNode = () => null,
): Seen {
  const faults = rows.flatMap((row) =>
    row.faults.map(({ column, words }) => ({
      line: row.line,
      words: { zh: `${column}：${words.zh}`, en: `${column}: ${words.en}` },
    })),
  );
  const right = rows.filter((row) => row.faults.length === 0);
  return { good, takes: good > 0, faults, rows: shown(right) };
}

function ofDevices(read: { good: number; rows: DeviceRow[] }): Seen {
  return ofRows(read, (right) => <ListedDevices rows={right} />);
}

export const DEVICE_LIST: Importing = {
  title: "files_devices",
  hint: "files_devices_hint",
  accept: SHEETS,
  preview: async (body) => ofDevices(await answer(api.POST("/api/device-lists/preview", { body, ...AS_BYTES }))),
  take: async (body) =>
    ofDevices(
      await answer(
        api.POST("/api/device-lists", { params: { query: { skip: "faulty" } }, body, ...AS_BYTES }),
      ),
    ),
};

function ofYear({ days, turns, faults }: { days: unknown[]; turns: DayTurned[]; faults: Fault[] }): Seen {
  return { good: days.length, takes: faults.length === 0, faults, rows: <DayTurns turns={turns} /> };
}

export const CALENDAR: Importing = {
  title: "files_calendar",
  hint: "files_calendar_hint",
  accept: ".csv,.txt",
  choose: "files_text",
  preview: async (body) => ofYear(await answer(api.POST("/api/calendar/preview", { body, ...AS_BYTES }))),
  take: async (body) => ofYear(await answer(api.POST("/api/calendar", { body, ...AS_BYTES }))),
};

interface ItemsRead {
  items: ListedShown[];
  profile: string;
  faults: Fault[];
}

function ofItems({ items, profile, faults }: ItemsRead): Seen {
  const rows = <ListedItems items={items} profile={profile} />;
  return { good: items.length, takes: faults.length === 0, faults, rows };
}

export const CATALOGUE: Importing = {
  title: "files_catalogue",
  hint: "files_catalogue_hint",
  accept: SHEETS,
  dated: true,
  preview: async (body, first) =>
    ofItems(
      await answer(api.POST("/api/catalogue/preview", { params: { query: { first } }, body, ...AS_BYTES })),
    ),
  take: async (body, first) =>
    ofItems(await answer(api.POST("/api/catalogue", { params: { query: { first } }, body, ...AS_BYTES }))),
};

function sourceOf(named: string | null): { source: string } {
  return { source: named?.trim() || "file" };
}

export const CASE_LIST: Importing = {
  title: "files_cases",
  hint: "files_cases_hint",
  accept: SHEETS,
  sourced: true,
  preview: async (body, as) =>
    ofRows(await answer(api.POST("/api/case-lists/preview", { params: { query: sourceOf(as) }, body, ...AS_BYTES }))),
  take: async (body, as) =>
    ofRows(
      await answer(
        api.POST("/api/case-lists", { params: { query: { ...sourceOf(as), skip: "faulty" } }, body, ...AS_BYTES }),
      ),
    ),
};

export const ACTION_LIST: Importing = {
  title: "files_actions",
  hint: "files_actions_hint",
  accept: SHEETS,
  sourced: true,
  preview: async (body, as) =>
    ofRows(
      await answer(api.POST("/api/action-lists/preview", { params: { query: sourceOf(as) }, body, ...AS_BYTES })),
    ),
  take: async (body, as) =>
    ofRows(
      await answer(
        api.POST("/api/action-lists", { params: { query: { ...sourceOf(as), skip: "faulty" } }, body, ...AS_BYTES }),
      ),
    ),
};

/** Nothing is taken in before it was shown what would be. */
export function FileImport({ how, onClose }: { how: Importing; onClose: () => void }) {
  const { say } = useWords();
  const { message } = App.useApp();
  const [file, setFile] = useState<File | null>(null);
  const [first, setFirst] = useState<Dayjs | null>(null);
  const [source, setSource] = useState("");
  const [seen, setSeen] = useState<Seen | null>(null);
  const day = how.sourced ? source : (first?.format("YYYY-MM-DD") ?? null);
  const preview = useDoing(
    ({ chosen, from }: { chosen: File; from: string | null }) => how.preview(chosen as unknown as string, from),
    setSeen,
  );
  const take = useDoing(
    (chosen: File) => how.take(chosen as unknown as string, day),
    ({ good }) => {
      void message.success(say("files_taken", { good }));
      onClose();
    },
  );
  const look = (chosen: File | null, from: string | null) => {
    setSeen(null);
    if (chosen) preview.mutate({ chosen, from });
  };
  return (
    <Modal
      open
      width="min(56rem, 100vw)"
      title={say(how.title)}
      mask={{ closable: false }}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{say("cancel")}</Button>
          {seen && file ? (
            <Button
              type="primary"
              disabled={!seen.takes}
              loading={take.isPending}
              onClick={() => take.mutate(file)}
            >
              {say("files_take", { good: seen.good })}
            </Button>
          ) : null}
        </>
      }
    >
      {how.dated ? (
        <DatePicker
          aria-label={say("files_first")}
          placeholder={say("files_first")}
          value={first}
          onChange={(chosen) => {
            setFirst(chosen);
            look(file, chosen?.format("YYYY-MM-DD") ?? null);
          }}
        />
      ) : null}
      {how.sourced ? (
        <Input
          className="filter-value"
          aria-label={say("files_source")}
          placeholder={say("files_source")}
          maxLength={200}
          value={source}
          onChange={(event) => setSource(event.target.value)}
          onBlur={() => look(file, source)}
        />
      ) : null}
      <label className="choose-file">
        {say(how.choose ?? "staff_file")}{" "}
        <input
          type="file"
          accept={how.accept}
          onChange={(event) => {
            const chosen = event.target.files?.[0] ?? null;
            setFile(chosen);
            look(chosen, day);
          }}
        />
      </label>
      <p className="muted small">{say(how.hint)}</p>
      {seen ? <Faults seen={seen} /> : null}
    </Modal>
  );
}

function Faults({ seen }: { seen: Seen }) {
  const { say, pick } = useWords();
  return (
    <>
      <p role="status">
        <strong>{say("files_preview", { good: seen.good, faults: seen.faults.length })}</strong>
      </p>
      {seen.faults.length > 0 ? (
        <Table<Fault>
          rowKey={(one) => `${one.line}/${one.words.zh}`}
          size="small"
          dataSource={seen.faults}
          pagination={seen.faults.length > 20 ? { pageSize: 20 } : false}
          columns={[
            { title: say("staff_line"), key: "line", align: "right", render: (_, one) => one.line },
            { title: say("staff_fault"), key: "fault", render: (_, one) => pick(one.words) },
          ]}
        />
      ) : null}
      {seen.rows}
    </>
  );
}

/** A button that opens the dialog. */
export function ImportButton({ how }: { how: Importing }) {
  const { say } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{say(how.title)}</Button>
      {open ? <FileImport how={how} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
