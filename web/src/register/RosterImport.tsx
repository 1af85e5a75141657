import { App, Button, Modal, Table } from "antd";
import { useState } from "react";
import { answer, api } from "../api/client";
import type { RosterRead, RosterRow } from "../api/client";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";

/** How a file goes out: its bytes and nothing else, not even its name. */
export const AS_BYTES = {
  bodySerializer: (file: unknown) => file as Blob,
  headers: { "content-type": "application/octet-stream" },
};

/** Nothing is taken in before it was shown what would be. */
export function RosterImport({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const { message } = App.useApp();
  const [file, setFile] = useState<File | null>(null);
  const [read, setRead] = useState<RosterRead | null>(null);
  const preview = useDoing(
    (chosen: File) =>
      answer(api.POST("/api/rosters/preview", { body: chosen as unknown as string, ...AS_BYTES })),
    setRead,
  );
  const take = useDoing(
    (chosen: File) =>
      answer(
        api.POST("/api/rosters", {
          params: { query: { skip: "faulty" } },
          body: chosen as unknown as string,
          ...AS_BYTES,
        }),
      ),
    ({ good }) => {
      void message.success(say("staff_taken", { good }));
      onClose();
    },
  );
  const choose = (chosen: File | undefined) => {
    setRead(null);
    setFile(chosen ?? null);
    if (chosen) preview.mutate(chosen);
  };
  const word = read && read.faulty > 0 ? "staff_take_good" : "staff_take";
  return (
    <Modal
      open
      width="min(56rem, 100vw)"
      title={say("staff_import")}
      mask={{ closable: false }}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{say("cancel")}</Button>
          {read && file ? (
            <Button
              type="primary"
              disabled={read.good === 0}
              loading={take.isPending}
              onClick={() => take.mutate(file)}
            >
              {say(word, { good: read.good })}
            </Button>
          ) : null}
        </>
      }
    >
      <label className="choose-file">
        {say("staff_file")}{" "}
        <input type="file" accept=".csv,.xlsx,.xls" onChange={(event) => choose(event.target.files?.[0])} />
      </label>
      <p className="muted small">{say("staff_file_hint")}</p>
      {read ? <Preview read={read} /> : null}
    </Modal>
  );
}

function Preview({ read }: { read: RosterRead }) {
  const { say, pick } = useWords();
  const faulty = read.rows.filter((row) => row.faults.length > 0);
  return (
    <>
      <p role="status">
        <strong>{say("staff_preview", { good: read.good, faulty: read.faulty })}</strong>
      </p>
      {faulty.length > 0 ? (
        <Table<RosterRow>
          rowKey="line"
          size="small"
          dataSource={faulty}
          pagination={faulty.length > 20 ? { pageSize: 20 } : false}
          scroll={{ x: "max-content" }}
          columns={[
            { title: say("staff_line"), key: "line", align: "right", render: (_, row) => row.line },
            {
              title: say("users_name"),
              key: "name",
              render: (_, row) => (
                <>
                  {row.name} <span className="muted">{row.officer_number}</span>
                </>
              ),
            },
            {
              title: say("staff_fault"),
              key: "faults",
              render: (_, row) => (
                <ul className="reasons">
                  {row.faults.map((fault) => (
                    <li key={`${fault.column}/${fault.code}`}>
                      <strong>{fault.column}</strong>: {pick(fault.words)}
                    </li>
                  ))}
                </ul>
              ),
            },
          ]}
        />
      ) : null}
    </>
  );
}
