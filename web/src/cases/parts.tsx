import { Alert, Button, Empty, Table, Timeline } from "antd";
import { createContext, useContext } from "react";
import type { ClauseShown, RecordShown, RefusalShown, Said, StepBlockShown, TryShown } from "../api/client";
import { Moment } from "../parts/time";
import { useWords } from "../words/language";

const MOODS: Record<string, string> = {
  FULL: "good",
  SEAMED: "good",
  TEXT_EXEMPT: "good",
  GAP: "bad",
  NONE: "bad",
  NO_DECISION: "bad",
  PROVISIONAL: "partly",
};

/** A verdict in colour and words; a colour alone tells nobody enough. */
export function VerdictTag({ verdict, flags = [] }: { verdict: Said; flags?: Said[] }) {
  const { pick } = useWords();
  return (
    <>
      <span className={`status ${MOODS[verdict.code] ?? "plain-status"}`} data-verdict={verdict.code}>
        {pick(verdict.words)}
      </span>
      {flags.map((flag) => (
        <div key={flag.code} className="small">
          {pick(flag.words)}
        </div>
      ))}
    </>
  );
}

export function Clauses({ clauses }: { clauses: ClauseShown[] }) {
  return (
    <>
      {clauses.map((clause) => (
        <blockquote key={clause.document + clause.article + clause.quote} className="clause small">
          「{clause.quote}」
          <footer className="muted">
            {clause.document} {clause.article}
          </footer>
        </blockquote>
      ))}
    </>
  );
}

/** What a page offers to do about a refusal, by its code; nothing where it has no such form. */
export const Lifting = createContext<(code: string) => (() => void) | null>(() => null);

function Lift({ code }: { code: string }) {
  const { say } = useWords();
  const act = useContext(Lifting)(code);
  if (act === null) return null;
  return (
    <Button size="small" className="lift" onClick={act}>
      {say("fact_lift")}
    </Button>
  );
}

/** Every reason against a step: what, by which article, and what would lift it. */
export function Refusals({ refusals }: { refusals: RefusalShown[] }) {
  const { say, pick } = useWords();
  return (
    <ul className="refusals">
      {refusals.map((refusal, place) => (
        <li key={`${refusal.code}${place}`} data-code={refusal.code}>
          <strong>{pick(refusal.words)}</strong> <Lift code={refusal.code} />
          <div className="small">
            {say("lift")}
            {say("colon")}
            {pick(refusal.lift)}
          </div>
          <details className="raw">
            <summary className="small">{say("coverage_clauses")}</summary>
            <Clauses clauses={refusal.clauses} />
          </details>
        </li>
      ))}
    </ul>
  );
}

export function Blocks({ blocks }: { blocks: StepBlockShown[] }) {
  const { say, pick } = useWords();
  return (
    <>
      {blocks.map((block) =>
        block.refusals.length === 0 ? (
          <Alert
            key={block.step}
            type="success"
            showIcon
            title={say("case_nothing_blocks", { step: pick(block.words) })}
          />
        ) : (
          <Alert
            key={block.step}
            className="blocks"
            type="warning"
            showIcon
            title={`${say("case_blocks")}${say("colon")}${pick(block.words)}`}
            description={<Refusals refusals={block.refusals} />}
          />
        ),
      )}
    </>
  );
}

export function Tries({ tries }: { tries: TryShown[] }) {
  const { say, pick } = useWords();
  if (tries.length === 0) return null;
  return (
    <section>
      <h2>{say("case_tries")}</h2>
      <Timeline
        items={tries.map((one) => ({
          key: one.tried_at + one.step,
          color: one.passed ? "green" : "red",
          content: (
            <>
              {pick(one.words)}{" "}
              <span className={`status ${one.passed ? "good" : "bad"}`}>
                {say(one.passed ? "case_tried_passed" : "case_tried_refused")}
              </span>
              {one.reasons.length > 0 ? (
                <ul className="reasons small">
                  {one.reasons.map((reason) => (
                    <li key={reason.en}>{pick(reason)}</li>
                  ))}
                </ul>
              ) : null}
              <div className="small muted">
                {one.name ?? one.person} · <Moment utc={one.tried_at} />
              </div>
            </>
          ),
        }))}
      />
    </section>
  );
}

export function Records({ records }: { records: RecordShown[] }) {
  const { say, pick } = useWords();
  return (
    <Table<RecordShown>
      rowKey="number"
      size="small"
      dataSource={records}
      pagination={records.length > 20 ? { pageSize: 20 } : false}
      scroll={{ x: "max-content" }}
      locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say("none")} /> }}
      columns={[
        { title: say("record_kind"), key: "kind", render: (_, one) => pick(one.kind.words) },
        { title: say("rec_facts"), key: "facts", render: (_, one) => <RecordFacts record={one} /> },
        { title: say("record_at"), key: "at", render: (_, one) => <Moment utc={one.at} zone={false} /> },
      ]}
    />
  );
}

/** `document` is what the document is called in which it stands, where that is known. */
export function RecordFacts({ record, document }: { record: RecordShown; document?: string | undefined }) {
  const { pick } = useWords();
  const texts = Object.values(record.texts).filter((text): text is string => text !== null);
  const said = [...record.words.map((words) => pick(words)), ...texts];
  return (
    <div className="facts">
      {said.join(" · ")}
      {document ? <span className="muted"> 《{document}》</span> : null}
      {record.document_sha256 && !document ? (
        <div className="small muted">SHA-256 {record.document_sha256.slice(0, 16)}…</div>
      ) : null}
    </div>
  );
}
