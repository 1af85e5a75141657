import { Tooltip } from "antd";
import { useWords } from "../words/language";

// One zone for everybody, whatever the computer is set to: all of China keeps this time, and two
// reviewers who compare notes must read the same figures. The exact UTC text stands in the tooltip.
const ZONE = "Asia/Shanghai";
const FORMAT = new Intl.DateTimeFormat("sv-SE", {
  timeZone: ZONE,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const CLOCK = new Intl.DateTimeFormat("sv-SE", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

export function beijing(utc: string | Date): string {
  return FORMAT.format(new Date(utc));
}

export function beijingClock(at: Date): string {
  return CLOCK.format(at);
}

/** The day of the week of a day such as 2026-10-01. */
export function weekday(day: string, language: "zh" | "en"): string {
  const names = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { weekday: "short", timeZone: "UTC" });
  return names.format(new Date(`${day}T00:00:00Z`));
}

/** A moment that a clock of ours noted in UTC. */
export function Moment({ utc, zone = true }: { utc: string; zone?: boolean }) {
  const { say } = useWords();
  return (
    <Tooltip title={utc}>
      <time dateTime={utc} className="moment">
        {beijing(utc)}
        {zone ? <span className="zone"> {say("zone")}</span> : null}
      </time>
    </Tooltip>
  );
}

/** Length of a recording, or a place in it: 1:02:03.4 */
export function span(seconds: number): string {
  const tenths = Math.max(0, Math.floor(seconds * 10 + 1e-6));
  const whole = Math.floor(tenths / 10);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = `${String(whole % 60).padStart(2, "0")}.${tenths % 10}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

export function bytes(count: number): string {
  let [value, unit] = [count, 0];
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${UNITS[unit] ?? ""}`;
}
