import { DatePicker, Form, Modal } from "antd";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";
import { bodyOf, offsetOf } from "./facts";
import type { Fact, FactField, Given } from "./facts";
import { control } from "./fields";
import type { Around } from "./fields";

interface Asked {
  fact: Fact;
  of: string;
  around: Around;
  /** What is on record of its fields, where they are said anew. */
  known?: Given;
  onClose: () => void;
  onSaved?: (fact: Fact) => void;
}

/** The form of any kind of fact: its fields are those that the kind declares. */
export function FactForm({ fact, of, around, known = {}, onClose, onSaved }: Asked) {
  const { say } = useWords();
  const [form] = Form.useForm<Given>();
  const given: Given = { ...known, ...fact.given, ...(Form.useWatch([], form) as Given | undefined) };
  const send = useDoing(
    (said: Given) => fact.send(of, bodyOf(fact, said, known)),
    () => {
      onSaved?.(fact);
      onClose();
    },
  );
  const asked = fact.fields.filter((field) => field.when?.(given) ?? true);
  return (
    <Modal
      open
      title={say(fact.title)}
      okText={say("save")}
      cancelText={say("cancel")}
      confirmLoading={send.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      {fact.hint ? <p className="muted">{say(fact.hint)}</p> : null}
      <Form<Given>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ ...known, ...fact.given }}
        onFinish={(said) => send.mutate(said)}
      >
        {asked.map((field) => (
          <One key={field.name} field={field} around={around} />
        ))}
        {fact.dated ? (
          <Form.Item name="at" label={say("fact_at")}>
            <DatePicker showTime={{ format: "HH:mm:ss" }} format="YYYY-MM-DD HH:mm:ss" />
          </Form.Item>
        ) : null}
      </Form>
    </Modal>
  );
}

function One({ field, around }: { field: FactField; around: Around }) {
  const { say } = useWords();
  const needed = field.optional || field.entry === "flag" ? [] : [{ required: true, message: say("required") }];
  const placed = field.entry.startsWith("offset")
    ? [
        {
          validator: (_: unknown, text: string | undefined) =>
            !text || offsetOf(text) !== null ? Promise.resolve() : Promise.reject(new Error(say("field_offset_bad"))),
        },
      ]
    : [];
  return (
    <Form.Item
      name={field.name}
      label={say(field.label)}
      rules={[...needed, ...placed]}
      {...(field.hint ? { extra: say(field.hint) } : {})}
    >
      {control(field, around)}
    </Form.Item>
  );
}
