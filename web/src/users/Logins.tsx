import { useQuery } from "@tanstack/react-query";
import { Button, Popconfirm, Table, Tag } from "antd";
import { answer, api } from "../api/client";
import type { Login } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { Moment } from "../parts/time";
import { useWords } from "../words/language";
import { useDoing } from "./doing";

export function Logins() {
  const { say } = useWords();
  const logins = useQuery({ queryKey: ["logins"], queryFn: () => answer(api.GET("/api/logins")) });
  const revoke = useDoing((name: string) =>
    answer(api.DELETE("/api/logins/{name}", { params: { path: { name } } })),
  );
  return (
    <section>
      <h2>{say("logins_title")}</h2>
      {logins.error ? <Trouble problem={logins.error} again={() => void logins.refetch()} /> : null}
      <Table<Login>
        rowKey="name"
        size="small"
        loading={logins.isPending}
        dataSource={logins.data?.logins ?? []}
        pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }}
        scroll={{ x: "max-content" }}
        columns={[
          { title: say("logins_who"), key: "who", render: (_, one) => one.login ?? one.account },
          {
            title: say("logins_from"),
            key: "from",
            render: (_, one) => (
              <>
                {one.address}
                <div className="small muted agent" title={one.agent}>
                  {one.agent}
                </div>
              </>
            ),
          },
          { title: say("logins_began"), key: "began", render: (_, one) => <Moment utc={one.began_at} zone={false} /> },
          { title: say("logins_seen"), key: "seen", render: (_, one) => <Moment utc={one.seen_at} zone={false} /> },
          {
            title: say("logins_state"),
            key: "state",
            render: (_, one) =>
              one.ended_at ? <Tag>{say("logins_ended")}</Tag> : <Tag color="green">{say("logins_open")}</Tag>,
          },
          {
            title: say("users_actions"),
            key: "actions",
            render: (_, one) =>
              one.ended_at ? null : (
                <Popconfirm
                  title={say("logins_revoke_ask")}
                  okText={say("logins_revoke")}
                  cancelText={say("cancel")}
                  onConfirm={() => revoke.mutate(one.name)}
                >
                  <Button size="small">{say("logins_revoke")}</Button>
                </Popconfirm>
              ),
          },
        ]}
      />
    </section>
  );
}
