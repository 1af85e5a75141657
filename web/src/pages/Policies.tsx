import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Drawer, Empty, Modal, Popconfirm, Table } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { answer, api } from "../api/client";
import type { Explained, OwnPolicy, PolicyPreview, ProfileShown } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { Moment } from "../parts/time";
import { useSession } from "../session/session";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";

const TABLE = { size: "middle", pagination: false, scroll: { x: "max-content" } } as const;

/** The profiles there are, and the bureau's own from proposal to force. */
export function Policies() {
  const { say } = useWords();
  return (
    <>
      <h1 className="title">{say("policy_title")}</h1>
      <p className="muted">{say("policy_hint")}</p>
      <Own />
      <Known />
    </>
  );
}

function Known() {
  const { say } = useWords();
  const found = useQuery({ queryKey: ["policies", "known"], queryFn: () => answer(api.GET("/api/policies")) });
  return (
    <section className="case-panel">
      <h2>{say("policy_known")}</h2>
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      <Table<ProfileShown>
        {...TABLE}
        rowKey={(one) => `${one.id}@${one.version}`}
        loading={found.isPending}
        dataSource={found.data?.profiles ?? []}
        columns={[
          { title: say("policy_id"), key: "id", render: (_, one) => `${one.id}@${one.version}` },
          { title: say("policy_jurisdiction"), dataIndex: "jurisdiction" },
          { title: say("policy_from"), dataIndex: "valid_from" },
          { title: say("policy_to"), key: "to", render: (_, one) => one.valid_to ?? "—" },
          { title: say("policy_inherits"), key: "above", render: (_, one) => one.inherits ?? "—" },
          { title: say("policy_documents"), key: "documents", render: (_, one) => <Documents of={one} /> },
        ]}
      />
    </section>
  );
}

function Documents({ of }: { of: ProfileShown }) {
  const { say } = useWords();
  return (
    <div className="facts">
      {of.sources.map((source) => (
        <div key={source.sha256} className="small">
          《{source.title}》{source.number ?? ""}
        </div>
      ))}
      {of.to_be_set.length ? (
        <span className="small muted">{say("policy_unset", { count: of.to_be_set.length })}</span>
      ) : null}
    </div>
  );
}

function Own() {
  const { say, pick } = useWords();
  const { may } = useSession();
  const [search, setSearch] = useSearchParams();
  const [making, setMaking] = useState(false);
  const open = search.get("policy");
  const found = useQuery({ queryKey: ["policies", "own"], queryFn: () => answer(api.GET("/api/policies/own")) });
  return (
    <section className="case-panel">
      <div className="title-line">
        <h2>{say("policy_own")}</h2>
        {may("MANAGE_RULES") ? <Button onClick={() => setMaking(true)}>{say("policy_propose")}</Button> : null}
      </div>
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      <Table<OwnPolicy>
        {...TABLE}
        rowKey="id"
        loading={found.isPending}
        dataSource={found.data?.policies ?? []}
        locale={{ emptyText: <Empty description={say("policy_own_none")} /> }}
        columns={[
          {
            title: say("policy_id"),
            key: "profile",
            render: (_, one) => (
              <Button type="link" className="only" onClick={() => setSearch({ policy: one.id })}>
                {one.profile}
              </Button>
            ),
          },
          {
            title: say("policy_from"),
            key: "from",
            render: (_, one) => (one.retroactive ? `${one.valid_from} · ${say("policy_back")}` : one.valid_from),
          },
          {
            title: say("policy_answer"),
            key: "answer",
            render: (_, one) =>
              one.answer ? pick(one.answer.words) : <span className="status partly">{say("policy_waits")}</span>,
          },
          { title: say("policy_by"), key: "by", render: (_, one) => one.name ?? "—" },
          { title: say("record_at"), key: "at", render: (_, one) => <Moment utc={one.stated_at} zone={false} /> },
        ]}
      />
      {making ? <Propose onClose={() => setMaking(false)} /> : null}
      {open ? <OnePolicy policy={open} onClose={() => setSearch({})} /> : null}
    </section>
  );
}

function Value({ said }: { said: Explained | null }) {
  const { say } = useWords();
  if (said === null || said.value === null || said.value === undefined) return <>{say("policy_nothing")}</>;
  return <>{typeof said.value === "string" ? said.value : JSON.stringify(said.value)}</>;
}

function Basis({ said }: { said: Explained }) {
  const { pick } = useWords();
  return (
    <div className="facts">
      {said.citations.map((cited) => (
        <blockquote key={cited.digest + cited.article} className="clause small">
          「{cited.quote}」
          <footer className="muted">
            {cited.document} {cited.article}
          </footer>
        </blockquote>
      ))}
      {said.remark ? <div className="small">{pick(said.remark)}</div> : null}
    </div>
  );
}

/** What a text changes on its first day, or each thing that is wrong with it. */
function Changes({ seen }: { seen: PolicyPreview }) {
  const { say, pick } = useWords();
  if (seen.problems.length) {
    return (
      <>
        <p className="status bad">{say("policy_problems", { count: seen.problems.length })}</p>
        <ul>
          {seen.problems.map((problem) => (
            <li key={problem.place + problem.code}>{pick(problem.words)}</li>
          ))}
        </ul>
      </>
    );
  }
  const day = seen.profile?.valid_from ?? "";
  return (
    <>
      <h3>{say("policy_changes", { day, count: seen.changed.length })}</h3>
      <Table<PolicyPreview["changed"][number]>
        {...TABLE}
        size="small"
        rowKey={(one) => one.after.name}
        dataSource={seen.changed}
        locale={{ emptyText: say("policy_same") }}
        columns={[
          {
            title: say("policy_name"),
            key: "name",
            render: (_, one) => (
              <>
                {pick(one.after.words)}
                <div className="small muted">{one.after.name}</div>
              </>
            ),
          },
          { title: say("policy_before"), key: "before", render: (_, one) => <Value said={one.before} /> },
          { title: say("policy_after"), key: "after", render: (_, one) => <Value said={one.after} /> },
          { title: say("policy_basis"), key: "basis", render: (_, one) => <Basis said={one.after} /> },
        ]}
      />
    </>
  );
}

function Propose({ onClose }: { onClose: () => void }) {
  const { say } = useWords();
  const [body, setBody] = useState<string | null>(null);
  const [retroactive, setRetroactive] = useState(false);
  const see = useDoing((text: string) => answer(api.POST("/api/policies/preview", { body: { body: text } })));
  const make = useDoing(
    (text: string) => answer(api.POST("/api/policies/own", { body: { body: text, retroactive } })),
    onClose,
  );
  const choose = async (file: File | undefined) => {
    const text = file ? await file.text() : null;
    setBody(text);
    see.reset();
    if (text !== null) see.mutate(text);
  };
  const isSound = see.data !== undefined && see.data.problems.length === 0;
  return (
    <Modal
      open
      width={760}
      title={say("policy_propose")}
      okText={say("policy_propose")}
      cancelText={say("cancel")}
      okButtonProps={{ disabled: body === null || !isSound }}
      confirmLoading={make.isPending}
      onCancel={onClose}
      onOk={() => (body === null ? undefined : make.mutate(body))}
    >
      <label className="choose-file">
        {say("policy_file")}{" "}
        <input type="file" accept=".toml" onChange={(event) => void choose(event.target.files?.[0])} />
      </label>
      <p className="muted small">{say("policy_file_hint")}</p>
      <Checkbox checked={retroactive} onChange={(event) => setRetroactive(event.target.checked)}>
        {say("policy_back")} <span className="muted small">{say("policy_back_hint")}</span>
      </Checkbox>
      {see.data ? <Changes seen={see.data} /> : null}
    </Modal>
  );
}

function OnePolicy({ policy, onClose }: { policy: string; onClose: () => void }) {
  const { say } = useWords();
  const { may } = useSession();
  const params = { path: { policy } };
  const found = useQuery({
    queryKey: ["policies", "own", policy],
    queryFn: () => answer(api.GET("/api/policies/own/{policy}", { params })),
  });
  const give = useDoing(
    (body: { approve: boolean; seen?: string }) =>
      answer(api.POST("/api/policies/own/{policy}/answer", { params, body })),
    onClose,
  );
  const one = found.data?.policy;
  const waits = one?.answer === null && may("CONFIRM_RULES");
  return (
    <Drawer open loading={found.isPending} title={one?.profile ?? say("policy_own")} size={760} onClose={onClose}>
      {found.error ? <Trouble problem={found.error} again={() => void found.refetch()} /> : null}
      {one && found.data ? (
        <>
          <p>
            {say("policy_from")} {one.valid_from}
            {one.retroactive ? ` · ${say("policy_back")}` : ""} · {say("policy_by")} {one.name ?? "—"}
          </p>
          {one.note ? <p>{one.note}</p> : null}
          <Changes seen={found.data.preview} />
          {waits && one.is_own ? <p className="small">{say("policy_mine")}</p> : null}
          {waits ? (
            <div className="actions">
              {one.is_own ? null : (
                <Popconfirm
                  title={say("policy_approve_ask")}
                  okText={say("policy_approve")}
                  cancelText={say("cancel")}
                  onConfirm={() => give.mutate({ approve: true, seen: one.sha256 })}
                >
                  <Button type="primary" loading={give.isPending}>
                    {say("policy_approve")}
                  </Button>
                </Popconfirm>
              )}
              <Button loading={give.isPending} onClick={() => give.mutate({ approve: false })}>
                {say(one.is_own ? "policy_withdraw" : "policy_refuse")}
              </Button>
            </div>
          ) : null}
          <h3>{say("policy_text")}</h3>
          <p className="small muted">SHA-256 {one.sha256}</p>
          <pre className="policy-text">{found.data.body}</pre>
        </>
      ) : null}
    </Drawer>
  );
}
