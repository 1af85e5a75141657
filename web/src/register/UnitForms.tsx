import { useQuery } from "@tanstack/react-query";
import { DatePicker, Input, Select } from "antd";
import type { Dayjs } from "dayjs";
import { answer, api } from "../api/client";
import type { UnitKind } from "../api/client";
import { UNIT_KINDS } from "../words/codes";
import { useWords } from "../words/language";
import { Asking, Field, useOptions, useUnits } from "./Asking";

const DAY = "YYYY-MM-DD";

interface Standing {
  unit: string;
  from: Dayjs;
  kind: UnitKind;
  basis?: string;
  until?: Dayjs | null;
  profile?: string;
  principal?: string;
  powers?: string;
  filing?: string;
}

/** An empty field says nothing. */
function filled(text: string | undefined): string | null {
  return text?.trim() ? text.trim() : null;
}

export function StandingForm() {
  const units = useUnits();
  const kinds = useOptions(UNIT_KINDS);
  const policies = useQuery({ queryKey: ["policies"], queryFn: () => answer(api.GET("/api/policies")) });
  const profiles = new Map((policies.data?.profiles ?? []).map((one) => [one.id, one.jurisdiction]));
  const search = { optionFilterProp: "label" };
  return (
    <Asking<Standing>
      title="standing_add"
      given={{ kind: "AGENCY" }}
      act={({ unit, from, kind, basis, until, profile, principal, powers, filing }) =>
        answer(
          api.POST("/api/units/{unit}/standings", {
            params: { path: { unit } },
            body: {
              from_day: from.format(DAY),
              body_kind: kind,
              capacity_basis: filled(basis),
              capacity_to: until?.format(DAY) ?? null,
              profile: profile ?? null,
              principal: principal ?? null,
              powers: (powers ?? "").split(/[、,，]/).map((one) => one.trim()).filter(Boolean),
              filing_number: filled(filing),
            },
          }),
        )
      }
    >
      <Field name="unit" label="ratio_unit">
        <Select options={units} showSearch={search} />
      </Field>
      <Field name="from" label="reviewing_from">
        <DatePicker />
      </Field>
      <Field name="kind" label="standing_kind">
        <Select options={kinds} />
      </Field>
      <Field name="basis" label="standing_basis" optional>
        <Input autoComplete="off" />
      </Field>
      <Field name="until" label="standing_until" optional>
        <DatePicker />
      </Field>
      <Field name="profile" label="standing_profile" optional>
        <Select
          options={[...profiles].map(([value, name]) => ({ value, label: `${value} ${name}` }))}
          showSearch={search}
          allowClear
        />
      </Field>
      <Field name="principal" label="standing_principal" optional>
        <Select options={units} showSearch={search} allowClear />
      </Field>
      <Field name="powers" label="standing_powers" optional>
        <Input autoComplete="off" />
      </Field>
      <Field name="filing" label="standing_filing" optional>
        <Input autoComplete="off" />
      </Field>
    </Asking>
  );
}

interface Waiver {
  days: [Dayjs, Dayjs];
  reason: string;
  approver: string;
}

export function WaiverForm({ unit }: { unit: string }) {
  const { say } = useWords();
  const people = useQuery({ queryKey: ["persons", null], queryFn: () => answer(api.GET("/api/persons")) });
  const approvers = (people.data?.persons ?? []).map((one) => ({
    value: one.person,
    label: `${one.name ?? say("users_erased")} ${one.officer_number ?? ""}`,
  }));
  return (
    <Asking<Waiver>
      title="waiver_add"
      act={({ days: [first, last], reason, approver }) =>
        answer(
          api.POST("/api/ratio/{unit}/waivers", {
            params: { path: { unit } },
            body: { first: first.format(DAY), last: last.format(DAY), reason, approver },
          }),
        )
      }
    >
      <Field name="days" label="waiver_days">
        <DatePicker.RangePicker />
      </Field>
      <Field name="reason" label="devices_reason">
        <Input maxLength={500} autoComplete="off" />
      </Field>
      <Field name="approver" label="waiver_approver">
        <Select options={approvers} showSearch={{ optionFilterProp: "label" }} />
      </Field>
    </Asking>
  );
}
