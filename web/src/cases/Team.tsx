import { useQuery } from "@tanstack/react-query";
import { Button, Form, Modal, Select } from "antd";
import { useState } from "react";
import { answer, api } from "../api/client";
import type { ActionDetail } from "../api/client";
import { beijing } from "../parts/time";
import { Judged } from "../register/words";
import { useSession } from "../session/session";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";

type Member = ActionDetail["team"][number];

export function Team({ action, team }: { action: string; team: Member[] }) {
  const { say, pick } = useWords();
  const { may } = useSession();
  const [editing, setEditing] = useState(false);
  return (
    <section className="case-panel">
      <div className="title-line">
        <h2>{say("action_team")}</h2>
        {may("KEEP_CASES") && may("READ_STAFF") ? (
          <Button size="small" onClick={() => setEditing(true)}>
            {say("action_team_edit")}
          </Button>
        ) : null}
      </div>
      {team.length === 0 ? <p className="muted">{say("action_no_team")}</p> : null}
      <ul className="plain footage">
        {team.map((one) => (
          <li key={one.person}>
            <strong>{one.name ?? one.person}</strong> {one.officer_number} · {pick(one.role.words)}
            {one.is_recorder_person ? ` · ${say("action_keeper")}` : ""} <Presence member={one} />
            {one.may_enforce ? null : <Judged good={false} words={say("action_may_not")} reasons={one.reasons} />}
          </li>
        ))}
      </ul>
      {editing ? <TeamDialog action={action} team={team} onClose={() => setEditing(false)} /> : null}
    </section>
  );
}

function Presence({ member }: { member: Member }) {
  const { say } = useWords();
  if (member.came === null && member.left === null) return null;
  const shown = (at: string | null) => (at === null ? "" : beijing(at).slice(11));
  return (
    <span className="small muted">
      {say("action_was_there", { came: shown(member.came), left: shown(member.left) })}
    </span>
  );
}

interface Given {
  lead: string[];
  assist?: string[];
  keeper: string;
}

function TeamDialog({ action, team, onClose }: { action: string; team: Member[]; onClose: () => void }) {
  const { say } = useWords();
  const [form] = Form.useForm<Given>();
  const people = useQuery({ queryKey: ["persons", null], queryFn: () => answer(api.GET("/api/persons")) });
  const options = (people.data?.persons ?? []).map((one) => ({
    value: one.person,
    label: `${one.name ?? say("users_erased")} ${one.officer_number ?? ""}${one.may_enforce ? "" : ` · ${say("staff_may_not")}`}`,
  }));
  const send = useDoing(({ lead, assist = [], keeper }: Given) => {
    const known = new Map(team.map((one) => [one.person, one]));
    const member = (person: string, role: "LEAD" | "ASSIST") => ({
      person,
      role,
      is_recorder_person: person === keeper,
      came: known.get(person)?.came ?? null,
      left: known.get(person)?.left ?? null,
    });
    const members = [
      ...lead.map((one) => member(one, "LEAD")),
      ...assist.filter((one) => !lead.includes(one)).map((one) => member(one, "ASSIST")),
    ];
    return answer(api.POST("/api/actions/{action}/team", { params: { path: { action } }, body: { members } }));
  }, onClose);
  const rules = [{ required: true, message: say("required") }];
  const of = (role: string) => team.filter((one) => one.role.code === role).map((one) => one.person);
  return (
    <Modal
      open
      title={say("action_team_edit")}
      okText={say("save")}
      cancelText={say("cancel")}
      confirmLoading={send.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form<Given>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{
          lead: of("LEAD"),
          assist: of("ASSIST"),
          keeper: team.find((one) => one.is_recorder_person)?.person,
        }}
        onFinish={(given) => send.mutate(given)}
      >
        <Form.Item name="lead" label={say("action_lead")} rules={rules}>
          <Select mode="multiple" showSearch={{ optionFilterProp: "label" }} options={options} />
        </Form.Item>
        <Form.Item name="assist" label={say("action_assist")}>
          <Select mode="multiple" showSearch={{ optionFilterProp: "label" }} options={options} />
        </Form.Item>
        <Form.Item name="keeper" label={say("action_keeper")} rules={rules}>
          <Select showSearch={{ optionFilterProp: "label" }} options={options} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
