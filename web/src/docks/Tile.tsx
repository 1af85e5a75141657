import { CheckCircleFilled, CloseCircleFilled, QuestionCircleFilled } from "@ant-design/icons";
import { Progress } from "antd";
import type { Dock } from "../api/client";
import { bytes } from "../parts/time";
import { useWords } from "../words/language";

type Mood = "busy" | "good" | "partly" | "bad" | "other" | "stale";

const MOODS: Record<string, Mood> = {
  READING: "busy",
  SETTLING: "busy",
  COPYING: "busy",
  SAFE: "good",
  NEW_SAFE: "good",
  INCOMPLETE: "partly",
  LOOSE_FILES: "partly",
  WAITING_FOR_SPACE: "bad",
  STORAGE_TROUBLE: "bad",
  CARD_GONE: "bad",
  INTERRUPTED: "bad",
  NO_ANSWER: "bad",
  BUSY_ELSEWHERE: "other",
  BUSY_HERE: "other",
};

/** As style.css has them. */
const COLOURS = {
  good: "#1e7b34",
  busy: "#1d4e89",
  partly: "#ad6800",
  bad: "#b3261e",
  other: "#6b7280",
  stale: "#8c8c8c",
} as const;

/** Bytes where there are any to move; else files, since all may be known already. */
function percent(dock: Dock): number {
  if (dock.may_leave && dock.failed === 0) return 100;
  const share =
    dock.bytes_total > 0
      ? dock.bytes_done / dock.bytes_total
      : dock.files > 0
        ? dock.safe / dock.files
        : 0;
  return Math.min(99, Math.floor(share * 100)); // 100 is said by the verdict only
}

export function Tile({ dock, live }: { dock: Dock; live: boolean }) {
  const { say, pick } = useWords();
  const mood: Mood = live ? (MOODS[dock.state] ?? "other") : "stale";
  return (
    <article className={`tile ${mood}`} data-card={dock.card} data-state={dock.state} data-live={live}>
      <header className="tile-head">
        <span className="tile-dock">{dock.dock}</span>
        <span className="tile-recorder">
          {dock.recorder ? `${say("dock_recorder")} ${dock.recorder}` : `${say("dock_card")} ${dock.card}`}
        </span>
      </header>
      <Verdict dock={dock} live={live} />
      <p className="tile-state">{pick(dock.words)}</p>
      <Progress
        percent={percent(dock)}
        status={!live ? "normal" : mood === "bad" ? "exception" : mood === "good" ? "success" : "active"}
        strokeColor={COLOURS[mood]}
        aria-label={say("dock_progress")}
      />
      <p className="tile-count">{say("dock_safe", { safe: dock.safe, files: dock.files })}</p>
      <p className="tile-small">
        {[
          dock.bytes_total > 0 ? `${bytes(dock.bytes_done)} / ${bytes(dock.bytes_total)}` : "",
          dock.failed > 0 ? say("dock_failed", { failed: dock.failed }) : "",
          dock.waiting > 0 ? say("dock_waiting", { waiting: dock.waiting }) : "",
          dock.recognised > 0 ? say("dock_recognised", { recognised: dock.recognised }) : "",
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      {dock.current && dock.state === "COPYING" && live ? (
        <p className="tile-small tile-current">{say("dock_current", { name: dock.current })}</p>
      ) : null}
      <Notices dock={dock} />
    </article>
  );
}

function Verdict({ dock, live }: { dock: Dock; live: boolean }) {
  const { say } = useWords();
  if (!live) {
    return (
      <p className="verdict">
        <QuestionCircleFilled aria-hidden /> {say("state_unknown")}
      </p>
    );
  }
  return dock.may_leave ? (
    <p className="verdict">
      <CheckCircleFilled aria-hidden /> {say("may_leave")}
    </p>
  ) : (
    <p className="verdict">
      <CloseCircleFilled aria-hidden /> {say("may_not_leave")}
    </p>
  );
}

function Notices({ dock }: { dock: Dock }) {
  const { say, pick } = useWords();
  if (dock.notices.length === 0) return null;
  return (
    <ul className="tile-notices">
      {dock.notices.map((notice, place) => (
        <li key={`${notice.code}-${place}`}>{pick(notice.words)}</li>
      ))}
      {dock.more_notices > 0 ? <li>{say("dock_more", { count: dock.more_notices })}</li> : null}
    </ul>
  );
}
