import { useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { useState } from "react";
import { answer, api } from "../api/client";
import { Trouble } from "../parts/Trouble";
import { useDoing } from "../users/doing";
import { useWords } from "../words/language";
import { useUnits } from "./Asking";
import { beijingDay, Reasons } from "./words";

const YEARS_BACK = 5;

/** The yearly list of officers who may not enforce, and its signature. */
export function CleanUp({ managing }: { managing: boolean }) {
  const { say } = useWords();
  const units = useUnits();
  const [unit, setUnit] = useState<string | null>(null);
  const today = Number(beijingDay(new Date()).slice(0, 4));
  const [year, setYear] = useState(today);
  const years = Array.from({ length: YEARS_BACK + 1 }, (_, back) => today - back);
  return (
    <section>
      <div className="title-line">
        <h2>{say("clean_title")}</h2>
        <Select
          className="filter-value"
          aria-label={say("clean_unit")}
          placeholder={say("clean_unit")}
          value={unit}
          options={units}
          showSearch={{ optionFilterProp: "label" }}
          onChange={setUnit}
        />
        <Select
          aria-label={say("clean_year")}
          value={year}
          options={years.map((one) => ({ value: one, label: say("clean_year_of", { year: one }) }))}
          onChange={setYear}
        />
      </div>
      <p className="muted">{say("clean_hint")}</p>
      {unit ? <List unit={unit} year={year} managing={managing} /> : null}
    </section>
  );
}

function List({ unit, year, managing }: { unit: string; year: number; managing: boolean }) {
  const { say } = useWords();
  const path = { unit };
  const found = useQuery({
    queryKey: ["persons", "clean-up", unit, year],
    queryFn: () => answer(api.GET("/api/units/{unit}/clean-up", { params: { path, query: { year } } })),
  });
  const sign = useDoing(() => answer(api.POST("/api/units/{unit}/clean-up", { params: { path }, body: { year } })));
  if (found.error) return <Trouble problem={found.error} again={() => void found.refetch()} />;
  if (!found.data) return null;
  const { people, signed_on: day, signed_by: signer, signed_for: count } = found.data;
  return (
    <>
      {people.length === 0 ? <p>{say("clean_none")}</p> : null}
      <ul className="reasons">
        {people.map((one) => (
          <li key={one.person}>
            {one.name ?? say("users_erased")} <span className="muted">{one.officer_number}</span>
            <Reasons reasons={one.reasons} />
          </li>
        ))}
      </ul>
      {day ? <p role="status">{say("clean_signed", { day, name: signer ?? say("users_erased"), count: count ?? 0 })}</p> : null}
      {day ? null : <p>{say("clean_unsigned", { year })}</p>}
      {managing && !day ? (
        <Button loading={sign.isPending} onClick={() => sign.mutate(undefined)}>
          {say("clean_sign", { year })}
        </Button>
      ) : null}
    </>
  );
}
