import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Form, Modal, Select } from "antd";
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import dayjs from "dayjs";
import type { Dayjs } from "dayjs";
import { answer, api } from "../api/client";
import type { ActionDetail } from "../api/client";
import { beijing } from "../parts/time";
import { useOptions } from "../register/Asking";
import { Judged } from "../register/words";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";
import { TEAM_ROLES } from "../words/offered";
import { moment } from "./facts";

type Member = ActionDetail["team"][number];

export function Team({ team, onEdit }: { team: Member[]; onEdit: (() => void) | null }) {
  const { say, pick } = useWords();
  return (
    <section className="case-panel">
      <div className="title-line">
        <h2>{say("action_team")}</h2>
        {onEdit ? (
          <Button size="small" onClick={onEdit}>
            {say("action_team_edit")}
          </Button>
        ) : null}
      </div>
      {team.length === 0 ? <p className="muted">{say("action_no_team")}</p> : null}
      <ul className="plain footage">
        {team.map((one) => (
          <li key={one.person}>
            <strong>{one.name ?? say("users_erased")}</strong> {one.officer_number} · {pick(one.role.words)}
            {one.is_recorder_person ? ` · ${say("action_keeper")}` : ""} <Presence member={one} />
            {one.may_enforce ? null : <Judged good={false} words={say("action_may_not")} reasons={one.reasons} />}
          </li>
        ))}
      </ul>
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

interface Line {
  person?: string;
  role?: "LEAD" | "ASSIST";
  came?: Dayjs | null;
  left?: Dayjs | null;
}

interface Given {
  members: Line[];
  keeper: string;
}

/** A moment as the picker shows it: Beijing's wall clock. */
function wall(at: string | null): Dayjs | null {
  return at === null ? null : dayjs(beijing(at));
}

export function TeamDialog({ action, team, onClose }: { action: string; team: Member[]; onClose: () => void }) {
  const { say } = useWords();
  const [form] = Form.useForm<Given>();
  const choices = useQuery({
    queryKey: ["action", action, "choices"],
    queryFn: () => answer(api.GET("/api/actions/{action}/choices", { params: { path: { action } } })),
  });
  const options = (choices.data?.people ?? []).map((one) => ({
    value: one.person,
    label: [one.name ?? say("users_erased"), one.officer_number, one.may_enforce ? null : say("staff_may_not")]
      .filter((part) => part !== null)
      .join(" · "),
  }));
  const named = (Form.useWatch("members", form) ?? []).map((one) => one?.person);
  const send = useDoing(({ members, keeper }: Given) => {
    const body = {
      members: members.map(({ person = "", role = "ASSIST", came, left }) => ({
        person,
        role,
        is_recorder_person: person === keeper,
        came: came ? moment(came) : null,
        left: left ? moment(left) : null,
      })),
    };
    return answer(api.POST("/api/actions/{action}/team", { params: { path: { action } }, body }));
  }, onClose);
  const first: Line[] = team.map((one) => ({
    person: one.person,
    role: one.role.code as "LEAD" | "ASSIST",
    came: wall(one.came),
    left: wall(one.left),
  }));
  const keeper = team.find((one) => one.is_recorder_person)?.person;
  return (
    <Modal
      open
      width="min(60rem, 100vw)"
      title={say("action_team_edit")}
      okText={say("save")}
      cancelText={say("cancel")}
      confirmLoading={send.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <p className="muted">{say("team_hint")}</p>
      <Form<Given>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ members: first.length > 0 ? first : [{ role: "LEAD" }, { role: "ASSIST" }], keeper }}
        onFinish={(given) => send.mutate(given)}
      >
        <Members options={options} />
        <Form.Item
          name="keeper"
          label={say("action_keeper")}
          rules={[{ required: true, message: say("required") }]}
          className="keeper"
        >
          <Select options={options.filter((one) => named.includes(one.value))} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

function Members({ options }: { options: { value: string; label: string }[] }) {
  const { say } = useWords();
  const roles = useOptions(TEAM_ROLES);
  const checked = (_: unknown, lines: Line[] | undefined) => {
    const found = lines ?? [];
    if (!found.some((one) => one.role === "LEAD")) return Promise.reject(new Error(say("team_one_lead")));
    const persons = found.map((one) => one.person).filter(Boolean);
    return new Set(persons).size === persons.length
      ? Promise.resolve()
      : Promise.reject(new Error(say("team_twice")));
  };
  const needed = [{ required: true, message: say("required") }];
  return (
    <Form.List name="members" rules={[{ validator: checked }]}>
      {(lines, { add, remove }, { errors }) => (
        <>
          {lines.map(({ key, name }) => (
            <div key={key} className="member">
              <Form.Item name={[name, "person"]} label={say("team_person")} rules={needed}>
                <Select showSearch={{ optionFilterProp: "label" }} options={options} />
              </Form.Item>
              <Form.Item name={[name, "role"]} label={say("team_role")} rules={needed}>
                <Select options={roles} />
              </Form.Item>
              <Form.Item name={[name, "came"]} label={say("team_came")}>
                <DatePicker showTime={{ format: "HH:mm:ss" }} format="YYYY-MM-DD HH:mm:ss" />
              </Form.Item>
              <Form.Item name={[name, "left"]} label={say("team_left")}>
                <DatePicker showTime={{ format: "HH:mm:ss" }} format="YYYY-MM-DD HH:mm:ss" />
              </Form.Item>
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={say("team_remove")}
                onClick={() => remove(name)}
              />
            </div>
          ))}
          <Form.ErrorList errors={errors} />
          <Button icon={<PlusOutlined />} onClick={() => add({ role: "ASSIST" })}>
            {say("team_more")}
          </Button>
        </>
      )}
    </Form.List>
  );
}
