import { App, Checkbox, DatePicker, Form, Input, Modal, Select } from "antd";
import type { Dayjs } from "dayjs";
import dayjs from "dayjs";
import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import type { ActionShown, CaseShown } from "../api/client";
import { beijing } from "../parts/time";
import { useOptions } from "../register/Asking";
import { useSession } from "../session/session";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";
import type { Key } from "../words/ui";
import { ACTION_TYPES, CATEGORIES, TIERS } from "../words/offered";
import { moment } from "./facts";
import { Document } from "./fields";
import type { Option } from "./fields";

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
  especially_major?: boolean;
}

/** What stands, without what nobody said. */
function stated<Of extends object>(of: Of): Partial<Of> {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== null)) as Partial<Of>;
}

/** A new case, or one that is said anew: whole, since what is said last stands. */
export function CaseDialog({ known, onClose, onDone }: Shown & { known?: CaseShown }) {
  const { say } = useWords();
  const categories = useOptions(CATEGORIES);
  const [form] = Form.useForm<NewCase>();
  const category = Form.useWatch("category", form);
  const { me } = useSession();
  const units = me.units.map((one) => ({ value: one.id, label: one.name }));
  const add = useDoing(
    ({ is_major = false, especially_major = false, ...given }: NewCase) => {
      const body = { ...given, is_major, especially_major };
      if (!known) return answer(api.POST("/api/cases", { body }));
      return answer(api.POST("/api/cases/{case}/statement", { params: { path: { case: known.id } }, body }));
    },
    (made) => {
      onDone?.(made.id);
      if (known) onClose();
    },
  );
  const first = known
    ? { ...stated(known), category: known.category.code as Category }
    : { unit: me.roles[0]?.unit, category: "PENALTY" as const };
  const rules = [{ required: true, message: say("required") }];
  return (
    <Modal
      open
      title={say(known ? "case_anew" : "cases_new")}
      okText={say(known ? "save" : "cases_new")}
      cancelText={say("cancel")}
      confirmLoading={add.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form<NewCase>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={first}
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
        <Form.Item name="especially_major" valuePropName="checked">
          <Checkbox>{say("cases_especially")}</Checkbox>
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

function firstOf(known: ActionShown | undefined): Partial<NewAction> {
  if (!known) return { type: "SEIZURE", category: "COMPULSION" };
  const { liberty, life_health, major_property } = known.interests;
  const touched = Object.entries({ liberty, life_health, major_property });
  const { type_name, category_name, power_item, place, room, tier_raised } = known;
  return {
    ...stated({ type_name, category_name, power_item, place, room, tier_raised }),
    type: known.type.code as ActionType,
    category: known.category.code as Category,
    interests: touched.filter(([, is]) => is).map(([name]) => name),
    ...(known.planned_from && known.planned_to
      ? { planned: [dayjs(beijing(known.planned_from)), dayjs(beijing(known.planned_to))] }
      : {}),
  } as Partial<NewAction>;
}

interface OfAction extends Shown {
  of: string;
  unit: string;
  known?: ActionShown;
}

/** A new action, or one that is said anew; what made its recording stricter stays. */
export function ActionDialog({ of, unit, known, onClose, onDone }: OfAction) {
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
    ({ planned, interests = [], ...given }: NewAction) => {
      const body = {
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
      };
      if (!known) return answer(api.POST("/api/actions", { body }));
      return answer(api.POST("/api/actions/{action}/statement", { params: { path: { action: known.id } }, body }));
    },
    (made) => {
      onDone?.(made.id);
      if (known) onClose();
    },
  );
  const rules = [{ required: true, message: say("required") }];
  return (
    <Modal
      open
      title={say(known ? "action_anew" : "action_new")}
      okText={say(known ? "save" : "action_new")}
      cancelText={say("cancel")}
      confirmLoading={add.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form<NewAction>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={firstOf(known)}
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
  basis?: string;
}

interface OfInterval extends Shown {
  action: string;
  correct: boolean;
  documents: Option[];
  /** What was declared last, where it is put right. */
  declared: { start: string; end: string } | undefined;
}

/** The interval of an action: declared when it ends, or proposed anew for a second person. */
export function IntervalDialog({ action, correct, documents, declared, onClose }: OfInterval) {
  const { say } = useWords();
  const { message } = App.useApp();
  const [form] = Form.useForm<Times>();
  const params = { path: { action } };
  const send = useDoing(async ({ span: [from, to], reason, basis }: Times) => {
    const times = { start: moment(from), end: moment(to) };
    if (correct) {
      await answer(api.POST("/api/actions/{action}/corrections", { params, body: { ...times, reason: reason ?? "" } }));
    } else {
      const body = { ...times, basis_sha256: basis ?? null };
      await answer(api.POST("/api/actions/{action}/end", { params, body }));
    }
  }, () => {
    void message.success(say(correct ? "proposal_made" : "done"));
    onClose();
  });
  const first = declared ? { span: [dayjs(beijing(declared.start)), dayjs(beijing(declared.end))] } : {};
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
      <Form<Times>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={first}
        onFinish={(given) => send.mutate(given)}
      >
        <Form.Item name="span" label={say("action_interval")} rules={rules}>
          <DatePicker.RangePicker showTime format="YYYY-MM-DD HH:mm:ss" />
        </Form.Item>
        {correct ? (
          <Form.Item name="reason" label={say("case_reason")} rules={rules}>
            <Input.TextArea maxLength={4000} rows={2} />
          </Form.Item>
        ) : (
          <Form.Item name="basis" label={say("action_basis")}>
            <Document known={documents} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}

interface ReasonProps extends Shown {
  title: string;
  hint: string;
  /** What to say once it was done. */
  told: Key;
  send: (reason: string) => Promise<unknown>;
}

/** Asks for a reason, and sends it. */
export function ReasonDialog({ title, hint, told, send, onClose }: ReasonProps) {
  const { say } = useWords();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ reason: string }>();
  const doing = useDoing(({ reason }: { reason: string }) => send(reason), () => {
    void message.success(say(told));
    onClose();
  });
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
