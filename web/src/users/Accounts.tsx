import { Button, Popconfirm, Space, Table, Tag } from "antd";
import type { TableColumnsType } from "antd";
import { useState } from "react";
import { answer, api } from "../api/client";
import type { Account, Unit } from "../api/client";
import { ACCOUNT_STATES, ROLES } from "../words/codes";
import { useWords } from "../words/language";
import { GiveRole } from "./Add";
import type { Code } from "./Add";
import { useDoing } from "./doing";

interface Props {
  accounts: Account[];
  units: Unit[];
  loading: boolean;
  /** Whether to offer changes. */
  managing: boolean;
  onCode: (code: Code) => void;
}

export function Accounts({ accounts, units, loading, managing, onCode }: Props) {
  const { say, word } = useWords();
  const [granting, setGranting] = useState<Account | null>(null);
  const columns: TableColumnsType<Account> = [
    { title: say("users_name"), key: "name", render: (_, one) => one.name ?? say("users_erased") },
    { title: say("users_login"), key: "login", render: (_, one) => one.login ?? say("users_erased") },
    { title: say("users_officer"), key: "officer", render: (_, one) => one.officer_number ?? "—" },
    {
      title: say("users_roles"),
      key: "roles",
      render: (_, one) => <Roles account={one} units={units} managing={managing} />,
    },
    {
      title: say("users_state"),
      key: "state",
      render: (_, one) => (
        <>
          <Tag color={one.state === "ACTIVE" ? "green" : "default"}>{word(ACCOUNT_STATES, one.state)}</Tag>
          {one.has_password ? null : <Tag>{say("users_no_password")}</Tag>}
        </>
      ),
    },
  ];
  if (managing) {
    columns.push({
      title: say("users_actions"),
      key: "actions",
      render: (_, one) => <Actions account={one} onCode={onCode} onGrant={() => setGranting(one)} />,
    });
  }
  return (
    <>
      <Table<Account>
        rowKey="account"
        size="middle"
        loading={loading}
        columns={columns}
        dataSource={accounts}
        pagination={accounts.length > 50 ? { pageSize: 50 } : false}
        scroll={{ x: "max-content" }}
      />
      {granting ? <GiveRole account={granting} units={units} onClose={() => setGranting(null)} /> : null}
    </>
  );
}

function Roles({ account, units, managing }: { account: Account; units: Unit[]; managing: boolean }) {
  const { say, word } = useWords();
  const end = useDoing((role: string) =>
    answer(
      api.DELETE("/api/users/{account}/roles/{role}", {
        params: { path: { account: account.account, role } },
      }),
    ),
  );
  const unitName = (id: string) => units.find((unit) => unit.id === id)?.name ?? id;
  return (
    <ul className="plain">
      {account.roles.map((held) => (
        <li key={held.id}>
          {word(ROLES, held.role)} · {unitName(held.unit)}
          {managing ? (
            <Popconfirm
              title={say("users_end_role_ask", { role: word(ROLES, held.role) })}
              okText={say("users_end_role")}
              cancelText={say("cancel")}
              onConfirm={() => end.mutate(held.id)}
            >
              <Button type="link" size="small">
                {say("users_end_role")}
              </Button>
            </Popconfirm>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function Actions({ account, onCode, onGrant }: { account: Account; onCode: Props["onCode"]; onGrant: () => void }) {
  const { say } = useWords();
  const where = { params: { path: { account: account.account } } };
  const invite = useDoing(
    () => answer(api.POST("/api/users/{account}/invite", where)),
    ({ code }) => onCode({ name: account.name ?? account.account, code }),
  );
  const disable = useDoing(() => answer(api.POST("/api/users/{account}/disable", where)));
  const enable = useDoing(() => answer(api.POST("/api/users/{account}/enable", where)));
  if (account.state === "DISABLED") {
    return (
      <Button size="small" onClick={() => enable.mutate(undefined)} loading={enable.isPending}>
        {say("users_enable")}
      </Button>
    );
  }
  return (
    <Space wrap size="small">
      <Button size="small" onClick={onGrant}>
        {say("users_grant")}
      </Button>
      <Popconfirm
        title={say("users_new_code_ask")}
        okText={say("users_new_code")}
        cancelText={say("cancel")}
        onConfirm={() => invite.mutate(undefined)}
      >
        <Button size="small">{say("users_new_code")}</Button>
      </Popconfirm>
      <Popconfirm
        title={say("users_disable_ask")}
        okText={say("users_disable")}
        cancelText={say("cancel")}
        onConfirm={() => disable.mutate(undefined)}
      >
        <Button size="small" danger>
          {say("users_disable")}
        </Button>
      </Popconfirm>
    </Space>
  );
}
