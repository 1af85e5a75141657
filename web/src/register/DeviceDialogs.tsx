import { useQuery } from "@tanstack/react-query";
import { DatePicker, Form, Input, Modal, Radio, Select } from "antd";
import dayjs from "dayjs";
import type { Dayjs } from "dayjs";
import { answer, api } from "../api/client";
import type { Condition } from "../api/client";
import { beijing } from "../parts/time";
import { useDoing } from "../users/doing";
import { CONDITIONS } from "../words/codes";
import { useWords } from "../words/language";

const A_SHIFT_MS = 10 * 3_600_000;

interface Dialog {
  device: string;
  onClose: () => void;
}

interface Out {
  holder: string;
  supervisor?: string;
  due: Dayjs;
}

/** What stands in the picker is Beijing's wall clock, whatever zone the computer keeps. */
function moment(wall: Dayjs): string {
  return `${wall.format("YYYY-MM-DDTHH:mm")}:00+08:00`;
}

function usePeople() {
  const { say } = useWords();
  const people = useQuery({ queryKey: ["persons", null], queryFn: () => answer(api.GET("/api/persons")) });
  const found = people.data?.persons ?? [];
  return found.map((one) => ({
    value: one.person,
    label: `${one.name ?? say("users_erased")} ${one.officer_number ?? ""}${one.may_enforce ? "" : ` · ${say("staff_may_not")}`}`,
  }));
}

export function CheckOut({ device, onClose }: Dialog) {
  const { say } = useWords();
  const [form] = Form.useForm<Out>();
  const people = usePeople();
  const out = useDoing(
    ({ holder, supervisor, due }: Out) =>
      answer(
        api.POST("/api/devices/{device}/check-out", {
          params: { path: { device } },
          body: { holder, supervisor: supervisor ?? null, due_at: moment(due) },
        }),
      ),
    onClose,
  );
  const rules = [{ required: true, message: say("required") }];
  return (
    <Modal
      open
      title={say("devices_out_of", { device })}
      okText={say("devices_out")}
      cancelText={say("cancel")}
      confirmLoading={out.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <p className="muted">{say("devices_out_hint")}</p>
      <Form<Out>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ due: dayjs(beijing(new Date(Date.now() + A_SHIFT_MS)).slice(0, 16)) }}
        onFinish={(given) => out.mutate(given)}
      >
        <Form.Item name="holder" label={say("devices_holder")} rules={rules}>
          <Select showSearch={{ optionFilterProp: "label" }} options={people} autoFocus />
        </Form.Item>
        <Form.Item name="supervisor" label={say("devices_supervisor")}>
          <Select showSearch={{ optionFilterProp: "label" }} options={people} allowClear />
        </Form.Item>
        <Form.Item name="due" label={say("devices_due_at")} rules={rules}>
          <DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" allowClear={false} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

export function NoteTest({ device, onClose }: Dialog) {
  const { say } = useWords();
  const [form] = Form.useForm<{ passed: boolean }>();
  const test = useDoing(
    (body: { passed: boolean }) =>
      answer(api.POST("/api/devices/{device}/tests", { params: { path: { device } }, body })),
    onClose,
  );
  return (
    <Modal
      open
      title={say("devices_test_of", { device })}
      okText={say("save")}
      cancelText={say("cancel")}
      confirmLoading={test.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" initialValues={{ passed: true }} onFinish={(given) => test.mutate(given)}>
        <Form.Item name="passed" label={say("devices_test_ask")}>
          <Radio.Group
            options={[
              { value: true, label: say("devices_test_passed") },
              { value: false, label: say("devices_test_failed") },
            ]}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}

export function ChangeCondition({ device, onClose }: Dialog) {
  const { say, word } = useWords();
  const [form] = Form.useForm<{ condition: Condition; reason?: string }>();
  const change = useDoing(
    ({ condition, reason }: { condition: Condition; reason?: string }) =>
      answer(
        api.POST("/api/devices/{device}/condition", {
          params: { path: { device } },
          body: { condition, reason: reason?.trim() ? reason.trim() : null },
        }),
      ),
    onClose,
  );
  const rules = [{ required: true, message: say("required") }];
  const options = Object.keys(CONDITIONS).map((code) => ({ value: code, label: word(CONDITIONS, code) }));
  return (
    <Modal
      open
      title={say("devices_condition_of", { device })}
      okText={say("save")}
      cancelText={say("cancel")}
      confirmLoading={change.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(given) => change.mutate(given)}>
        <Form.Item name="condition" label={say("devices_condition")} rules={rules}>
          <Select options={options} />
        </Form.Item>
        <Form.Item name="reason" label={say("devices_reason")}>
          <Input.TextArea maxLength={500} rows={2} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
