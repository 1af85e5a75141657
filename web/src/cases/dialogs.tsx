import { Checkbox, DatePicker, Form, Input, Modal, Select } from "antd";
import type { Dayjs } from "dayjs";
import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import { useOptions } from "../register/Asking";
import { useSession } from "../session/session";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";
import { ACTION_TYPES, CATEGORIES, TIERS } from "../words/offered";
import { moment } from "./facts";

type Category = keyof typeof CATEGORIES;
type ActionType = keyof typeof ACTION_TYPES;
type Tier = keyof typeof TIERS;

interface Shown {
  onClose: () => void;
  onDone?: (id: string) => void;
}

interface NewCase {
  number: string;
  unit: string;
  category: Category;
  category_name?: string;
  power_item?: string;
  title?: string;
  party?: string;
  is_major?: boolean;
}

export function AddCase({ onClose, onDone }: Shown) {
  const { say } = useWords();
  const categories = useOptions(CATEGORIES);
  const [form] = Form.useForm<NewCase>();
  const category = Form.useWatch("category", form);
  const { me } = useSession();
  const units = me.units.map((one) => ({ value: one.id, label: one.name }));
  const add = useDoing(
    ({ is_major = false, ...given }: NewCase) =>
      answer(api.POST("/api/cases", { body: { ...given, is_major, especially_major: false } })),
    (made) => onDone?.(made.id),
  );
  const rules = [{ required: true, message: say("required") }];
  return (
    <Modal
      open
      title={say("cases_new")}
      okText={say("cases_new")}
      cancelText={say("cancel")}
      confirmLoading={add.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form<NewCase>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ unit: me.roles[0]?.unit, category: "PENALTY" }}
        onFinish={(given) => add.mutate(given)}
      >
        <Form.Item name="number" label={say("cases_number")} rules={rules}>
          <Input maxLength={200} autoFocus />
        </Form.Item>
        <Form.Item name="unit" label={say("users_unit")} rules={rules}>
          <Select showSearch={{ optionFilterProp: "label" }} options={units} />
        </Form.Item>
        <Form.Item name="category" label={say("cases_category")} rules={rules}>
          <Select options={categories} />
        </Form.Item>
        {category === "OTHER" ? (
          <Form.Item name="category_name" label={say("cases_category_name")} rules={rules}>
            <Input maxLength={200} />
          </Form.Item>
        ) : null}
        <Form.Item name="power_item" label={say("cases_power")}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="title" label={say("cases_heading")}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="party" label={say("cases_party")}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="is_major" valuePropName="checked">
          <Checkbox>{say("cases_major")}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  );
}

interface NewAction {
  type: ActionType;
  type_name?: string;
  category: Category;
  category_name?: string;
  power_item?: string;
  place?: string;
  room?: string;
  tier_raised?: Tier;
  planned?: [Dayjs, Dayjs];
  interests?: string[];
}

export function AddAction({ of, unit, onClose, onDone }: Shown & { of: string; unit: string }) {
  const { say } = useWords();
  const [categories, types, tiers] = [useOptions(CATEGORIES), useOptions(ACTION_TYPES), useOptions(TIERS)];
  const [form] = Form.useForm<NewAction>();
  const [type, category] = [Form.useWatch("type", form), Form.useWatch("category", form)];
  const choices = useQuery({
    queryKey: ["case", of, "choices"],
    queryFn: () => answer(api.GET("/api/cases/{case}/choices", { params: { path: { case: of } } })),
  });
  const rooms = (choices.data?.rooms ?? []).map((one) => ({ value: one.id, label: one.name }));
  const add = useDoing(
    ({ planned, interests = [], ...given }: NewAction) =>
      answer(
        api.POST("/api/actions", {
          body: {
            ...given,
            unit,
            case: of,
            interests: {
              liberty: interests.includes("liberty"),
              life_health: interests.includes("life_health"),
              major_property: interests.includes("major_property"),
            },
            planned_from: planned ? moment(planned[0]) : null,
            planned_to: planned ? moment(planned[1]) : null,
          },
        }),
      ),
    (made) => onDone?.(made.id),
  );
  const rules = [{ required: true, message: say("required") }];
  return (
    <Modal
      open
      title={say("action_new")}
      okText={say("action_new")}
      cancelText={say("cancel")}
      confirmLoading={add.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form<NewAction>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ type: "SEIZURE", category: "COMPULSION" }}
        onFinish={(given) => add.mutate(given)}
      >
        <Form.Item name="type" label={say("action_type")} rules={rules}>
          <Select options={types} />
        </Form.Item>
        {type === "OTHER" ? (
          <Form.Item name="type_name" label={say("action_type_name")} rules={rules}>
            <Input maxLength={200} />
          </Form.Item>
        ) : null}
        <Form.Item name="category" label={say("cases_category")} rules={rules}>
          <Select options={categories} />
        </Form.Item>
        {category === "OTHER" ? (
          <Form.Item name="category_name" label={say("cases_category_name")} rules={rules}>
            <Input maxLength={200} />
          </Form.Item>
        ) : null}
        <Form.Item name="power_item" label={say("cases_power")}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="place" label={say("action_place")}>
          <Input maxLength={200} />
        </Form.Item>
        {rooms.length > 0 ? (
          <Form.Item name="room" label={say("action_room")}>
            <Select allowClear options={rooms} />
          </Form.Item>
        ) : null}
        <Form.Item name="planned" label={say("action_planned")}>
          <DatePicker.RangePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" />
        </Form.Item>
        <Form.Item name="interests" label={say("action_interests")}>
          <Checkbox.Group
            options={[
              { value: "liberty", label: say("action_liberty") },
              { value: "life_health", label: say("action_life") },
              { value: "major_property", label: say("action_property") },
            ]}
          />
        </Form.Item>
        <Form.Item name="tier_raised" label={say("action_raised")}>
          <Select allowClear options={tiers} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

interface Times {
  span: [Dayjs, Dayjs];
  reason?: string;
}

/** The interval of an action: declared when it ends, or proposed anew for a second person. */
export function IntervalDialog({ action, correct, onClose }: Shown & { action: string; correct: boolean }) {
  const { say } = useWords();
  const [form] = Form.useForm<Times>();
  const params = { path: { action } };
  const send = useDoing(async ({ span: [from, to], reason }: Times) => {
    const times = { start: moment(from), end: moment(to) };
    if (correct) {
      await answer(api.POST("/api/actions/{action}/corrections", { params, body: { ...times, reason: reason ?? "" } }));
    } else {
      await answer(api.POST("/api/actions/{action}/end", { params, body: times }));
    }
  }, onClose);
  const rules = [{ required: true, message: say("required") }];
  return (
    <Modal
      open
      title={say(correct ? "action_correct" : "action_end")}
      okText={say("save")}
      cancelText={say("cancel")}
      confirmLoading={send.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      {correct ? <p className="muted">{say("action_correct_hint")}</p> : null}
      <Form<Times> form={form} layout="vertical" requiredMark={false} onFinish={(given) => send.mutate(given)}>
        <Form.Item name="span" label={say("action_interval")} rules={rules}>
          <DatePicker.RangePicker showTime format="YYYY-MM-DD HH:mm:ss" />
        </Form.Item>
        {correct ? (
          <Form.Item name="reason" label={say("case_reason")} rules={rules}>
            <Input.TextArea maxLength={4000} rows={2} />
          </Form.Item>
        ) : null}
      </Form>
    </Modal>
  );
}

interface ReasonProps extends Shown {
  title: string;
  hint: string;
  send: (reason: string) => Promise<unknown>;
}

/** Asks for a reason, and sends it. */
export function ReasonDialog({ title, hint, send, onClose }: ReasonProps) {
  const { say } = useWords();
  const [form] = Form.useForm<{ reason: string }>();
  const doing = useDoing(({ reason }: { reason: string }) => send(reason), onClose);
  return (
    <Modal
      open
      title={title}
      okText={say("save")}
      cancelText={say("cancel")}
      confirmLoading={doing.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <p className="muted">{hint}</p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(given) => doing.mutate(given)}>
        <Form.Item name="reason" label={say("case_reason")} rules={[{ required: true, message: say("required") }]}>
          <Input.TextArea maxLength={4000} rows={3} autoFocus />
        </Form.Item>
      </Form>
    </Modal>
  );
}
