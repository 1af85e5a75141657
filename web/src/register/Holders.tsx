import { useQuery } from "@tanstack/react-query";
import { Drawer, Table } from "antd";
import { answer, api } from "../api/client";
import type { HolderShown } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { beijing, Moment } from "../parts/time";
import { useWords } from "../words/language";

/** Who has a device now, since when, and whether it should be back. */
export function Holder({ held }: { held: HolderShown | null }) {
  const { say } = useWords();
  if (held === null) return <span className="muted">{say("devices_in")}</span>;
  return (
    <>
      {held.name ?? say("devices_elsewhere")} <span className="muted">{held.officer_number}</span>
      {held.overdue ? (
        <div>
          <span className="status bad">{say("devices_overdue")}</span>
        </div>
      ) : null}
      <div className="small">{say("devices_out_since", { time: beijing(held.out_at) })}</div>
      <div className="small">{say("devices_due", { time: beijing(held.due_at) })}</div>
    </>
  );
}

export function HoldersDrawer({ device, onClose }: { device: string; onClose: () => void }) {
  const { say } = useWords();
  const held = useQuery({
    queryKey: ["holders", device],
    queryFn: () => answer(api.GET("/api/devices/{device}/holders", { params: { path: { device } } })),
  });
  return (
    <Drawer
      open
      size="min(100vw, 50rem)"
      title={say("devices_history_of", { device })}
      closable={{ "aria-label": say("close") }}
      onClose={onClose}
    >
      {held.error ? <Trouble problem={held.error} again={() => void held.refetch()} /> : null}
      <Table<HolderShown>
        rowKey="assignment"
        size="small"
        loading={held.isPending}
        dataSource={held.data?.holders ?? []}
        pagination={(held.data?.holders.length ?? 0) > 30 ? { pageSize: 30 } : false}
        scroll={{ x: "max-content" }}
        locale={{ emptyText: say("devices_history_none") }}
        columns={[
          {
            title: say("devices_holder"),
            key: "holder",
            render: (_, one) => (
              <>
                {one.name ?? say("devices_elsewhere")} <span className="muted">{one.officer_number}</span>
                {one.supervisor ? (
                  <div className="small">
                    {say("devices_supervisor")}: {one.supervisor_name ?? say("devices_elsewhere")}
                  </div>
                ) : null}
              </>
            ),
          },
          { title: say("devices_taken"), key: "out", render: (_, one) => <Moment utc={one.out_at} zone={false} /> },
          {
            title: say("devices_back_at"),
            key: "back",
            render: (_, one) =>
              one.back_at ? (
                <Moment utc={one.back_at} zone={false} />
              ) : (
                say(one.overdue ? "devices_overdue" : "devices_still_out")
              ),
          },
        ]}
      />
    </Drawer>
  );
}
