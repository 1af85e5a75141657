import { useQuery } from "@tanstack/react-query";
import { answer, api } from "../api/client";
import type { RatioShown, Said } from "../api/client";
import { useWords } from "../words/language";

/** The colour of a verdict; its words stand beside it, since a colour alone tells nobody enough. */
export const MOODS: Record<string, string> = {
  MET: "good",
  MET_FLOOR_ONLY: "partly",
  SHORT: "bad",
  WAIVED: "partly",
};

export function Verdict({ ratio }: { ratio: RatioShown }) {
  const { say, pick } = useWords();
  return (
    <>
      <span className={`status ${MOODS[ratio.status.code] ?? "plain-status"}`}>{pick(ratio.status.words)}</span>
      {ratio.short > 0 ? <div className="small">{say("ratio_short", { count: ratio.short })}</div> : null}
      {ratio.status.code === "WAIVED" ? (
        <div className="small">{say("ratio_unwaived", { status: pick(ratio.unwaived.words) })}</div>
      ) : null}
    </>
  );
}

/** Yes or no with its words and, below it, every reason. */
export function Judged({ good, words, reasons }: { good: boolean; words: string; reasons: Said[] }) {
  return (
    <>
      <span className={`status ${good ? "good" : "bad"}`}>{words}</span>
      <Reasons reasons={reasons} />
    </>
  );
}

export function Reasons({ reasons }: { reasons: Said[] }) {
  const { pick } = useWords();
  if (reasons.length === 0) return null;
  return (
    <ul className="reasons small">
      {reasons.map((reason) => (
        <li key={reason.code}>{pick(reason.words)}</li>
      ))}
    </ul>
  );
}

/** What a unit is called; one that may not be seen is shown by its id. */
export function useUnitName(): (id: string | null) => string {
  const known = useQuery({ queryKey: ["units"], queryFn: () => answer(api.GET("/api/units")) });
  return (id) => known.data?.units.find((unit) => unit.id === id)?.name ?? id ?? "—";
}

/** The day in Beijing. */
export function beijingDay(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}
