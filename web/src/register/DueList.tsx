import { useQuery } from "@tanstack/react-query";
import { Table } from "antd";
import { answer, api } from "../api/client";
import type { BlockShown, DueShown } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { useWords } from "../words/language";
import { Reasons } from "./words";

/** What is to be done about certificates, and devices that somebody has who may not. */
export function DueList({ on }: { on: string | null }) {
  const { say, pick } = useWords();
  const due = useQuery({
    queryKey: ["persons", "due", on],
    queryFn: () => answer(api.GET("/api/certificates/due", { params: { query: { on } } })),
  });
  const tasks = due.data?.tasks ?? [];
  const blocked = due.data?.blocked ?? [];
  return (
    <section>
      <h2>{say("due_title")}</h2>
      {due.error ? <Trouble problem={due.error} again={() => void due.refetch()} /> : null}
      <Table<DueShown>
        rowKey="certificate"
        size="small"
        loading={due.isPending}
        dataSource={tasks}
        pagination={tasks.length > 20 ? { pageSize: 20 } : false}
        scroll={{ x: "max-content" }}
        locale={{ emptyText: say("due_none") }}
        columns={[
          {
            title: say("users_name"),
            key: "name",
            render: (_, one) => (
              <>
                {one.name ?? say("users_erased")} <span className="muted">{one.officer_number}</span>
              </>
            ),
          },
          {
            title: say("due_task"),
            key: "task",
            render: (_, one) => (
              <>
                {pick(one.task.words)}
                {one.devices.length > 0 ? (
                  <div className="small">{say("due_first", { devices: one.devices.join("、") })}</div>
                ) : null}
              </>
            ),
          },
          {
            title: say("due_certificate"),
            key: "certificate",
            render: (_, one) => (
              <>
                {one.number ?? say("users_erased")}
                <div className="muted small">{say("due_ends", { day: one.valid_to })}</div>
              </>
            ),
          },
        ]}
      />
      {blocked.length > 0 ? <Blocked rows={blocked} /> : null}
    </section>
  );
}

function Blocked({ rows }: { rows: BlockShown[] }) {
  const { say } = useWords();
  return (
    <>
      <h3>{say("due_blocked")}</h3>
      <Table<BlockShown>
        rowKey="device"
        size="small"
        dataSource={rows}
        pagination={rows.length > 20 ? { pageSize: 20 } : false}
        scroll={{ x: "max-content" }}
        columns={[
          { title: say("ratio_device"), key: "device", render: (_, one) => one.device },
          {
            title: say("devices_holder"),
            key: "holder",
            render: (_, one) => (
              <>
                {one.name ?? say("users_erased")} <span className="muted">{one.officer_number}</span>
              </>
            ),
          },
          { title: say("ratio_why"), key: "why", render: (_, one) => <Reasons reasons={one.reasons} /> },
        ]}
      />
    </>
  );
}
