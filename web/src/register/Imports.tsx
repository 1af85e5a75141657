import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, Modal, Table } from "antd";
import { useState } from "react";
import { answer, api } from "../api/client";
import type { RosterShown } from "../api/client";
import { beijing, Moment } from "../parts/time";
import { useDoing } from "../users/doing";
import { IMPORTS } from "../words/codes";
import { useWords } from "../words/language";

/** The files that were read in, and undoing one. */
export function Imports({ managing }: { managing: boolean }) {
  const { say, word } = useWords();
  const [undoing, setUndoing] = useState<string | null>(null);
  const files = useQuery({ queryKey: ["rosters"], queryFn: () => answer(api.GET("/api/rosters")) });
  const rows = files.data?.rosters ?? [];
  if (rows.length === 0) return null;
  return (
    <section>
      <h2>{say("staff_imports")}</h2>
      <Table<RosterShown>
        rowKey="id"
        size="small"
        dataSource={rows}
        pagination={rows.length > 20 ? { pageSize: 20 } : false}
        scroll={{ x: "max-content" }}
        columns={[
          {
            title: say("staff_imported_at"),
            key: "at",
            render: (_, one) => <Moment utc={one.imported_at} zone={false} />,
          },
          {
            title: say("staff_import_kind"),
            key: "kind",
            render: (_, one) => word(IMPORTS, one.kind),
          },
          {
            title: say("staff_rows"),
            key: "rows",
            align: "right",
            render: (_, one) => `${one.rows_taken} / ${one.rows_refused}`,
          },
          {
            title: say("users_state"),
            key: "state",
            render: (_, one) =>
              one.undone_at ? say("staff_undone", { time: beijing(one.undone_at) }) : say("staff_stands"),
          },
          {
            title: "SHA-256",
            key: "sha256",
            render: (_, one) => <span className="digest">{one.file_sha256.slice(0, 12)}</span>,
          },
          {
            title: say("users_actions"),
            key: "actions",
            render: (_, one) =>
              managing && one.undone_at === null ? (
                <Button size="small" onClick={() => setUndoing(one.id)}>
                  {say("staff_undo")}
                </Button>
              ) : null,
          },
        ]}
      />
      {undoing ? <Undo roster={undoing} onClose={() => setUndoing(null)} /> : null}
    </section>
  );
}

function Undo({ roster, onClose }: { roster: string; onClose: () => void }) {
  const { say } = useWords();
  const [form] = Form.useForm<{ reason: string }>();
  const undo = useDoing(
    (body: { reason: string }) =>
      answer(api.POST("/api/rosters/{roster_id}/undo", { params: { path: { roster_id: roster } }, body })),
    onClose,
  );
  return (
    <Modal
      open
      title={say("staff_undo_title")}
      okText={say("staff_undo")}
      cancelText={say("cancel")}
      confirmLoading={undo.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <p className="muted">{say("staff_undo_hint")}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(given) => undo.mutate(given)}>
        <Form.Item name="reason" label={say("devices_reason")} rules={[{ required: true, message: say("required") }]}>
          <Input autoFocus maxLength={500} autoComplete="off" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
