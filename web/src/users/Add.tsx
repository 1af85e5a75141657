import { Form, Input, Modal, Select } from "antd";
import type { FormInstance } from "antd";
import { useEffect } from "react";
import { answer, api } from "../api/client";
import type { Account, Role, Unit } from "../api/client";
import { ROLES } from "../words/codes";
import { useWords } from "../words/language";
import { useDoing } from "./doing";

export interface Code {
  name: string;
  code: string;
}

interface Shown<T> {
  units: Unit[];
  onClose: () => void;
  onDone?: (got: T) => void;
}

/** Proposes the first unit, also where the units come after the form was opened. */
function useTopmost(form: FormInstance, field: "unit" | "parent", units: Unit[]) {
  const first = units[0]?.id;
  useEffect(() => {
    if (first !== undefined && !form.getFieldValue(field)) form.setFieldValue(field, first);
  }, [form, field, first]);
}

function RoleAndUnit({ units }: { units: Unit[] }) {
  const { say, word } = useWords();
  const rules = [{ required: true, message: say("required") }];
  return (
    <>
      <Form.Item name="role" label={say("users_role")} rules={rules}>
        <Select options={Object.keys(ROLES).map((role) => ({ value: role, label: word(ROLES, role) }))} />
      </Form.Item>
      <Form.Item name="unit" label={say("users_unit")} rules={rules}>
        <Select options={units.map((unit) => ({ value: unit.id, label: unit.name }))} />
      </Form.Item>
    </>
  );
}

interface Person {
  name: string;
  login: string;
  officer_number?: string;
  role: Role;
  unit: string;
}

export function AddPerson({ units, onClose, onDone }: Shown<Code>) {
  const { say } = useWords();
  const [form] = Form.useForm<Person>();
  useTopmost(form, "unit", units);
  const add = useDoing(async (given: Person) => {
    const { officer_number: number, ...rest } = given;
    const body = { ...rest, officer_number: number?.trim() ? number.trim() : null };
    const { code } = await answer(api.POST("/api/users", { body }));
    return { name: given.name, code };
  }, onDone);
  const rules = [{ required: true, message: say("required") }];
  return (
    <Modal
      open
      title={say("users_add")}
      okText={say("users_add")}
      cancelText={say("cancel")}
      confirmLoading={add.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form<Person>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(given) => add.mutate(given)}
      >
        <Form.Item name="name" label={say("users_name")} rules={rules}>
          <Input autoFocus maxLength={200} autoComplete="off" />
        </Form.Item>
        <Form.Item name="login" label={say("users_login")} rules={rules}>
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <RoleAndUnit units={units} />
        <Form.Item name="officer_number" label={say("users_officer")} extra={say("users_officer_hint")}>
          <Input maxLength={64} autoComplete="off" />
        </Form.Item>
      </Form>
    </Modal>
  );
}

export function GiveRole({ units, onClose, account }: Shown<never> & { account: Account }) {
  const { say } = useWords();
  const [form] = Form.useForm<{ role: Role; unit: string }>();
  useTopmost(form, "unit", units);
  const give = useDoing(
    (body: { role: Role; unit: string }) =>
      answer(
        api.POST("/api/users/{account}/roles", { params: { path: { account: account.account } }, body }),
      ),
    onClose,
  );
  return (
    <Modal
      open
      title={`${say("users_grant")}: ${account.name ?? account.account}`}
      okText={say("users_grant")}
      cancelText={say("cancel")}
      confirmLoading={give.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(given) => give.mutate(given)}
      >
        <RoleAndUnit units={units} />
      </Form>
    </Modal>
  );
}

export function AddUnit({ units, onClose }: Shown<never>) {
  const { say } = useWords();
  const [form] = Form.useForm<{ name: string; parent: string }>();
  useTopmost(form, "parent", units);
  const add = useDoing(
    (body: { name: string; parent: string }) => answer(api.POST("/api/units", { body })),
    onClose,
  );
  const rules = [{ required: true, message: say("required") }];
  return (
    <Modal
      open
      title={say("units_add")}
      okText={say("units_add")}
      cancelText={say("cancel")}
      confirmLoading={add.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(given) => add.mutate(given)}
      >
        <Form.Item name="name" label={say("units_name")} rules={rules}>
          <Input autoFocus maxLength={200} />
        </Form.Item>
        <Form.Item name="parent" label={say("units_parent")} rules={rules}>
          <Select options={units.map((unit) => ({ value: unit.id, label: unit.name }))} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
