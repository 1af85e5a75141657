import { DatePicker, Input, InputNumber, Select } from "antd";
import type { Dayjs } from "dayjs";
import { answer, api } from "../api/client";
import type { ReviewerSource, TrainingKind } from "../api/client";
import { REVIEWER_SOURCES, TRAININGS } from "../words/codes";
import { useWords } from "../words/language";
import { Asking, Field, useOptions, useUnits } from "./Asking";

const DAY = "YYYY-MM-DD";
const NO_LONGER = "";

interface Trained {
  day: Dayjs;
  hours: number;
  course: string;
  kind: TrainingKind;
}

export function TrainingForm({ person }: { person: string }) {
  const kinds = useOptions(TRAININGS);
  return (
    <Asking<Trained>
      title="training_add"
      given={{ kind: "SPECIAL_LAW" }}
      act={({ day, hours, course, kind }) =>
        answer(
          api.POST("/api/persons/{person}/trainings", {
            params: { path: { person } },
            body: { day: day.format(DAY), tenths: Math.round(hours * 10), course, kind },
          }),
        )
      }
    >
      <Field name="day" label="training_day">
        <DatePicker />
      </Field>
      <Field name="hours" label="training_hours">
        <InputNumber min={0.1} max={744} step={0.5} />
      </Field>
      <Field name="course" label="training_course">
        <Input maxLength={64} autoComplete="off" />
      </Field>
      <Field name="kind" label="training_kind">
        <Select options={kinds} />
      </Field>
    </Asking>
  );
}

interface Reviewing {
  unit: string;
  from: Dayjs;
  source: ReviewerSource | typeof NO_LONGER;
}

export function ReviewingForm({ person, unit }: { person: string; unit: string | null }) {
  const { say } = useWords();
  const units = useUnits();
  const sources = useOptions(REVIEWER_SOURCES);
  return (
    <Asking<Reviewing>
      title="reviewing_add"
      given={{ source: "STAFF", ...(unit ? { unit } : {}) }}
      act={({ unit: of, from, source }) =>
        answer(
          api.POST("/api/persons/{person}/reviewings", {
            params: { path: { person } },
            body: { unit: of, from_day: from.format(DAY), source: source === NO_LONGER ? null : source },
          }),
        )
      }
    >
      <Field name="unit" label="ratio_unit">
        <Select options={units} showSearch={{ optionFilterProp: "label" }} />
      </Field>
      <Field name="from" label="reviewing_from">
        <DatePicker />
      </Field>
      <Field name="source" label="reviewing_source" optional>
        <Select options={[...sources, { value: NO_LONGER, label: say("reviewing_end") }]} />
      </Field>
    </Asking>
  );
}
