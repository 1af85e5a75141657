import { Button, DatePicker, Input, Select, Space } from "antd";
import dayjs from "dayjs";
import { useId, useState } from "react";
import type { Unit } from "../api/client";
import { KINDS } from "../words/codes";
import { useWords } from "../words/language";
import type { Key } from "../words/ui";
import { EXACT } from "./wanted";
import type { Exact, Wanted } from "./wanted";

const WORDS: Record<Exact, Key> = {
  day: "by_day",
  recorder: "by_recorder",
  officer: "by_officer",
  unit: "by_unit",
  dock: "by_dock",
  kind: "by_kind",
  session: "by_session",
};
const DAY = "YYYY-MM-DD";

interface Props {
  wanted: Wanted;
  units: Pick<Unit, "id" | "name">[];
  docks: string[];
  onWanted: (wanted: Partial<Wanted>) => void;
}

/** The address is the truth: this form only proposes a new one. Give it a key of the address. */
export function Filters({ wanted, units, docks, onWanted }: Props) {
  const { say } = useWords();
  const hint = useId();
  const [by, setBy] = useState<Exact | null>(wanted.by);
  const [value, setValue] = useState(wanted.value);
  const [from, setFrom] = useState(wanted.from);
  const [to, setTo] = useState(wanted.to);
  const find = (chosen = value) => onWanted({ by: chosen ? by : null, value: chosen.trim(), from, to });
  const options: { value: Exact | ""; label: string }[] = [
    { value: "", label: say("by_none") },
    ...EXACT.filter((name) => name !== "session" || by === "session").map((name) => ({
      value: name,
      label: say(WORDS[name]),
    })),
  ];
  return (
    <form
      className="filters"
      aria-describedby={hint}
      onSubmit={(event) => {
        event.preventDefault();
        find();
      }}
    >
      <Space wrap>
        <Select<Exact | "">
          aria-label={say("list_filter")}
          className="filter-by"
          value={by ?? ""}
          options={options}
          onChange={(chosen) => {
            setBy(chosen === "" ? null : chosen);
            setValue("");
            if (chosen === "" && wanted.by) onWanted({ from, to });
          }}
        />
        {by ? (
          <Value by={by} value={value} units={units} docks={docks} onValue={setValue} onChosen={find} />
        ) : null}
        <DatePicker.RangePicker
          aria-label={say("sealed_between")}
          allowEmpty={[true, true]}
          placeholder={[`${say("sealed_between")} ${say("from")}`, say("to")]}
          value={[from ? dayjs(from) : null, to ? dayjs(to) : null]}
          onChange={(range) => {
            setFrom(range?.[0]?.format(DAY) ?? "");
            setTo(range?.[1]?.format(DAY) ?? "");
          }}
        />
        <Button type="primary" htmlType="submit">
          {say("search")}
        </Button>
        {wanted.by || wanted.from || wanted.to ? (
          <Button onClick={() => onWanted({})}>{say("filter_clear")}</Button>
        ) : null}
      </Space>
      <p id={hint} className="muted small">
        {say("list_filter_hint")} {say("zone_long")}
      </p>
    </form>
  );
}

interface ValueProps extends Omit<Props, "wanted" | "onWanted"> {
  by: Exact;
  value: string;
  onValue: (value: string) => void;
  onChosen: (value: string) => void;
}

function Value({ by, value, units, docks, onValue, onChosen }: ValueProps) {
  const { say, word } = useWords();
  const label = say("filter_value");
  const choose = (chosen: string) => {
    onValue(chosen);
    onChosen(chosen);
  };
  if (by === "day") {
    return (
      <DatePicker
        aria-label={label}
        value={value ? dayjs(value) : null}
        onChange={(day) => choose(day?.format(DAY) ?? "")}
      />
    );
  }
  const choices: Partial<Record<Exact, { value: string; label: string }[]>> = {
    kind: Object.keys(KINDS).map((kind) => ({ value: kind, label: word(KINDS, kind) })),
    unit: units.map((unit) => ({ value: unit.id, label: unit.name })),
    ...(docks.length > 0 ? { dock: docks.map((dock) => ({ value: dock, label: dock })) } : {}),
  };
  const offered = choices[by];
  if (offered) {
    return (
      <Select
        aria-label={label}
        className="filter-value"
        showSearch={{ optionFilterProp: "label" }}
        value={value || null}
        options={offered}
        onChange={choose}
      />
    );
  }
  return (
    <Input
      aria-label={label}
      className="filter-value"
      maxLength={200}
      value={value}
      onChange={(event) => onValue(event.target.value)}
    />
  );
}
