import { Link } from "react-router";
import type { CoverageShown, CoveredShown, FootageShown, StretchShown } from "../api/client";
import { beijing, Moment, span } from "../parts/time";
import { useWords } from "../words/language";
import { Clauses, VerdictTag } from "./parts";

const AHEAD_S = 5;

function seconds(at: string): number {
  return Math.round(new Date(at).getTime() / 1000);
}

function clock(at: string): string {
  return beijing(at).slice(11);
}

/** Where in a recording a moment lies, by corrected time; null where the recording was not on. */
export function offsetIn(footage: FootageShown, at: number): number | null {
  const stretches = footage.video.length > 0 ? footage.video : footage.audio;
  const first = stretches[0];
  if (!first) return null;
  const inside = stretches.some((one) => seconds(one.start) <= at && at <= seconds(one.end));
  return inside ? at - seconds(first.start) : null;
}

/** What covers an action and what does not, drawn to scale; each gap leads to the second before it. */
export function CoverageBar({ coverage }: { coverage: CoverageShown }) {
  const { say } = useWords();
  const rows = [
    { key: "video", word: "coverage_video", covered: coverage.video },
    { key: "audio", word: "coverage_audio", covered: coverage.audio },
  ] as const;
  return (
    <section className="coverage" aria-label={say("coverage_title")}>
      <div className="title-line">
        <h2>{say("coverage_title")}</h2>
        <VerdictTag verdict={coverage.verdict} flags={coverage.flags} />
      </div>
      {rows.map((row) => (
        <Modality key={row.key} name={say(row.word)} covered={row.covered} coverage={coverage} />
      ))}
      <Team coverage={coverage} />
      <Footage coverage={coverage} />
      <details className="raw">
        <summary>{say("coverage_clauses")}</summary>
        <Clauses clauses={coverage.clauses} />
        <p className="small digest">
          {say("coverage_digest")} {coverage.sha256}
        </p>
      </details>
    </section>
  );
}

interface ModalityProps {
  name: string;
  covered: CoveredShown;
  coverage: CoverageShown;
}

function Modality({ name, covered, coverage }: ModalityProps) {
  const { say } = useWords();
  const total = coverage.window.seconds;
  const percent = ((covered.seconds / total) * 100).toFixed(2);
  return (
    <div className="modality">
      <div className="small">
        <strong>{name}</strong> {say("coverage_seconds", { seconds: covered.seconds, total, percent })}
      </div>
      <svg viewBox={`0 0 ${total} 10`} preserveAspectRatio="none" role="img" aria-label={name}>
        <rect className="covered" x={0} y={0} width={total} height={10} />
        {covered.seams.map((one) => (
          <Piece key={one.start} kind="seam" stretch={one} coverage={coverage} />
        ))}
        {covered.gaps.map((one) => (
          <Piece key={one.start} kind="gap" stretch={one} coverage={coverage} />
        ))}
      </svg>
      <div className="ends small muted">
        <span>{clock(coverage.window.start)}</span>
        <span>{clock(coverage.window.end)}</span>
      </div>
      <ul className="reasons small">
        {covered.gaps.length === 0 ? <li>{say("coverage_no_gap")}</li> : null}
        {covered.gaps.map((one) => (
          <li key={one.start} data-gap={one.seconds}>
            {say("coverage_gap", { from: clock(one.start), to: clock(one.end), seconds: one.seconds })}{" "}
            <Jump stretch={one} coverage={coverage} />
          </li>
        ))}
        {covered.seams.map((one) => (
          <li key={one.start}>
            {say("coverage_seam", { from: clock(one.start), to: clock(one.end), seconds: one.seconds })}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A gap of few seconds would be invisible to scale: it is drawn at least a three-hundredth wide. */
function Piece({ kind, stretch, coverage }: { kind: string; stretch: StretchShown; coverage: CoverageShown }) {
  const total = coverage.window.seconds;
  const start = seconds(stretch.start) - seconds(coverage.window.start);
  const width = Math.max(stretch.seconds, total / 300);
  return <rect className={kind} x={Math.min(start, total - width)} y={0} width={width} height={10} />;
}

/** To the recording that was on until the gap, a few seconds before it. */
function Jump({ stretch, coverage }: { stretch: StretchShown; coverage: CoverageShown }) {
  const { say } = useWords();
  const edge = seconds(stretch.start);
  for (const footage of coverage.footage) {
    const at = offsetIn(footage, edge);
    if (at !== null) {
      return (
        <Link to={`/recordings/${footage.recording}?t=${Math.max(0, at - AHEAD_S)}`}>{say("coverage_before")}</Link>
      );
    }
  }
  return null;
}

function Team({ coverage }: { coverage: CoverageShown }) {
  const { say } = useWords();
  const sum = (found: StretchShown[]) => found.reduce((all, one) => all + one.seconds, 0);
  const [below, alone] = [sum(coverage.team_below), sum(coverage.aux_alone)];
  return (
    <>
      {below > 0 ? <p className="status bad">{say("coverage_below", { seconds: below })}</p> : null}
      {alone > 0 ? <p className="status bad">{say("coverage_alone", { seconds: alone })}</p> : null}
    </>
  );
}

function Footage({ coverage }: { coverage: CoverageShown }) {
  const { say, pick } = useWords();
  return (
    <>
      <h3>{say("coverage_footage")}</h3>
      <ul className="plain footage">
        {coverage.footage.map((one) => (
          <FootageLine key={one.recording} footage={one} coverage={coverage} />
        ))}
        {coverage.footage.length === 0 ? <li className="muted">{say("none")}</li> : null}
      </ul>
      {coverage.excluded.length > 0 ? (
        <>
          <h3>{say("coverage_excluded")}</h3>
          <ul className="plain footage">
            {coverage.excluded.map((one) => (
              <li key={one.recording + one.reason.code}>
                <Link to={`/recordings/${one.recording}`} className="digest">
                  {one.recording.slice(0, 16)}…
                </Link>{" "}
                <span className="status bad">{pick(one.reason.words)}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </>
  );
}

function FootageLine({ footage, coverage }: { footage: FootageShown; coverage: CoverageShown }) {
  const { say, pick } = useWords();
  const stretches = footage.video.length > 0 ? footage.video : footage.audio;
  const [first, last] = [stretches[0], stretches[stretches.length - 1]];
  const at = offsetIn(footage, seconds(coverage.window.start)) ?? 0;
  const unsure =
    footage.uncertainty_s === null
      ? say("coverage_unknown")
      : say("coverage_within", { seconds: footage.uncertainty_s });
  return (
    <li>
      <Link to={`/recordings/${footage.recording}?t=${at}`}>{say("coverage_jump", { at: span(at) })}</Link>{" "}
      {first && last ? (
        <span className="moment">
          <Moment utc={first.start} zone={false} />–{clock(last.end)}
        </span>
      ) : null}{" "}
      {say("coverage_device", { device: footage.device })}
      <div className="small muted">
        {say("coverage_clock", { basis: pick(footage.clock.words) })} · {unsure}
      </div>
    </li>
  );
}
