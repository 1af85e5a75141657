import { Button, Checkbox, DatePicker, Input, InputNumber, Select, Space } from "antd";
import { useRef, useState } from "react";
import type { ReactNode } from "react";
import { sha256 } from "../parts/sha256";
import { useOptions } from "../register/Asking";
import { useWords } from "../words/language";
import { SIGNERS } from "../words/offered";
import type { FactField } from "./facts";

export interface Option {
  value: string;
  label: string;
}

/** What may be named in a form, by names that people know. */
export interface Around {
  team: Option[];
  documents: Option[];
  recordings: Option[];
}

const byLabel = { optionFilterProp: "label" } as const;
const SECONDS = { format: "HH:mm:ss" } as const;

/** What `Form.Item` hands to the control within it. */
interface Held<Value> {
  id?: string;
  value?: Value;
  onChange?: (value: Value) => void;
}

/** The control of a field; `Form.Item` around it gives value and change. */
export function control(field: FactField, around: Around): ReactNode {
  switch (field.entry) {
    case "choice":
      return <Choice words={field.words ?? {}} />;
    case "line":
      return <Input maxLength={200} autoComplete="off" />;
    case "text":
      return <Input.TextArea maxLength={4000} autoSize={{ minRows: 1, maxRows: 6 }} />;
    case "count":
      return <InputNumber min={0} max={1000} precision={0} />;
    case "day":
      return <DatePicker />;
    case "moment":
      return <DatePicker showTime={SECONDS} format="YYYY-MM-DD HH:mm:ss" />;
    case "offset":
    case "offset_ms":
      return <Input placeholder="00:12:40" inputMode="numeric" autoComplete="off" maxLength={12} />;
    case "document":
      return <Document known={around.documents} />;
    case "documents":
      return <Documents known={around.documents} />;
    case "recording":
      return <Select showSearch={byLabel} options={around.recordings} allowClear={field.optional === true} />;
    case "recordings":
      return <Several options={around.recordings} />;
    case "person":
      return <Select showSearch={byLabel} options={around.team} />;
    case "people":
      return <Several options={around.team} />;
    case "signer":
      return <Signer team={around.team} />;
    case "flag":
      return <Flag />;
  }
}

function Choice({ words, ...held }: Held<string> & { words: NonNullable<FactField["words"]> }) {
  const options = useOptions(words);
  return <Select {...held} options={options} />;
}

function Flag({ value, onChange, id }: Held<boolean>) {
  return (
    <Checkbox {...(id ? { id } : {})} checked={value === true} onChange={(event) => onChange?.(event.target.checked)} />
  );
}

function Signer({ team, ...held }: Held<string> & { team: Option[] }) {
  const others = useOptions(SIGNERS);
  return <Select {...held} showSearch={byLabel} options={[...others, ...team]} />;
}

function Several({ options, ...held }: Held<string[]> & { options: Option[] }) {
  const { say } = useWords();
  return (
    <Space.Compact block>
      <Select {...held} mode="multiple" showSearch={byLabel} options={options} />
      <Button onClick={() => held.onChange?.(options.map((one) => one.value))}>{say("field_all")}</Button>
    </Space.Compact>
  );
}

/** One document: one that is on record already, or a file, of which the digest alone is taken. */
export function Document({ known, id, value, onChange }: Held<string> & { known: Option[] }) {
  const { say } = useWords();
  const [chosen, setChosen] = useState<Option[]>([]);
  const options = [...known, ...chosen];
  return (
    <>
      <Space.Compact block>
        <Select
          {...(id ? { id } : {})}
          value={value ?? null}
          allowClear
          showSearch={byLabel}
          placeholder={say("field_document_known")}
          options={options}
          onChange={(digest: string | undefined) => onChange?.(digest as string)}
        />
        <FromFile
          onChosen={(one) => {
            setChosen((before) => added(before, one, known));
            onChange?.(one.value);
          }}
        />
      </Space.Compact>
      <Digest of={value} />
    </>
  );
}

function Documents({ known, value = [], onChange, id }: Held<string[]> & { known: Option[] }) {
  const { say } = useWords();
  const [chosen, setChosen] = useState<Option[]>([]);
  return (
    <Space.Compact block>
      <Select
        {...(id ? { id } : {})}
        mode="multiple"
        value={value}
        showSearch={byLabel}
        placeholder={say("field_document_known")}
        options={[...known, ...chosen]}
        onChange={(digests: string[]) => onChange?.(digests)}
      />
      <FromFile
        onChosen={(one) => {
          setChosen((before) => added(before, one, known));
          onChange?.([...new Set([...value, one.value])]);
        }}
      />
    </Space.Compact>
  );
}

function added(before: Option[], one: Option, known: Option[]): Option[] {
  const there = [...before, ...known].some((other) => other.value === one.value);
  return there ? before : [...before, one];
}

function Digest({ of }: { of: string | undefined }) {
  const { say } = useWords();
  if (of) return <div className="small muted digest">SHA-256 {of}</div>;
  return <div className="small muted">{say("field_document_hint")}</div>;
}

function FromFile({ onChosen }: { onChosen: (one: Option) => void }) {
  const { say } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const take = async (file: File) => {
    setBusy(true);
    try {
      const digest = await sha256(file);
      onChosen({ value: digest, label: say("field_document_file", { name: file.name }) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button loading={busy} onClick={() => input.current?.click()}>
        {say("field_document_choose")}
      </Button>
      <span hidden>
        <input
          ref={input}
          type="file"
          aria-label={say("field_document_choose")}
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) void take(file);
            event.target.value = "";
          }}
        />
      </span>
    </>
  );
}
