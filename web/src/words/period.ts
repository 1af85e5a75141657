import { useWords } from "./language";

/** A period in words; a code that is none of ours is shown as it is. */
export function usePeriod(): (period: string | null) => string {
  const { say } = useWords();
  return (period) => {
    if (period === null) return say("retention_no_period");
    if (period === "permanent") return say("retention_permanent");
    if (period === "case-archive") return say("retention_as_case");
    const [count = "", unit] = period.split(" ");
    return say(unit === "y" ? "retention_years" : "retention_months", { count });
  };
}
