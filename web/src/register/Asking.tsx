import { useQuery } from "@tanstack/react-query";
import { Button, Form, Modal } from "antd";
import type { ReactNode } from "react";
import { useState } from "react";
import { answer, api } from "../api/client";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";
import type { Key } from "../words/ui";

type Pair = readonly [string, string];
type Words = Record<string, Pair>;

/** What a choice among codes offers. */
export function useOptions(words: Words): { value: string; label: string }[] {
  const { word } = useWords();
  return Object.keys(words).map((code) => ({ value: code, label: word(words, code) }));
}

/** The units within reach to choose from. */
export function useUnits(): { value: string; label: string }[] {
  const units = useQuery({ queryKey: ["units"], queryFn: () => answer(api.GET("/api/units")) });
  return (units.data?.units ?? []).map((one) => ({ value: one.id, label: one.name }));
}

interface Asking<Given> {
  title: Key;
  given?: Partial<Given>;
  act: (given: Given) => Promise<unknown>;
  children: ReactNode;
}

/** A button and the form that it opens; the form closes once what it asks was done. */
export function Asking<Given extends object>({ title, given, act, children }: Asking<Given>) {
  const { say } = useWords();
  const [form] = Form.useForm<Given>();
  const [open, setOpen] = useState(false);
  const doing = useDoing(act, () => setOpen(false));
  return (
    <>
      <Button onClick={() => setOpen(true)}>{say(title)}</Button>
      <Modal
        open={open}
        destroyOnHidden
        title={say(title)}
        okText={say("save")}
        cancelText={say("cancel")}
        confirmLoading={doing.isPending}
        onCancel={() => setOpen(false)}
        onOk={() => form.submit()}
      >
        <Form<Given>
          form={form}
          layout="vertical"
          requiredMark={false}
          preserve={false}
          initialValues={given ?? {}}
          onFinish={(said) => doing.mutate(said)}
        >
          {children}
        </Form>
      </Modal>
    </>
  );
}

/** A field of such a form; one that must be filled says so. */
export function Field({ name, label, children, optional }: {
  name: string;
  label: Key;
  children: ReactNode;
  optional?: boolean;
}) {
  const { say } = useWords();
  const rules = optional ? [] : [{ required: true, message: say("required") }];
  return (
    <Form.Item name={name} label={say(label)} rules={rules}>
      {children}
    </Form.Item>
  );
}
