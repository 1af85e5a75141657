import { App, Button } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Permission, RecordShown, StepBlockShown } from "../api/client";
import { useWords } from "../words/language";
import { GROUPS } from "../words/offered";
import type { Fact, Given } from "./facts";
import { FactForm } from "./FactForm";
import type { Around, Option } from "./fields";
import { RecordFacts, Records } from "./parts";

const SHOWN = 6;

interface Subject {
  of: string;
  facts: readonly Fact[];
  records: RecordShown[];
  blocks: StepBlockShown[];
  may: readonly Permission[];
  around: Around;
  /** The kind of fact whose form is open, so that what blocks a step can open it. */
  open: Fact | null;
  onOpen: (fact: Fact | null) => void;
  onSaved: (fact: Fact) => void;
}

/** Every kind of fact with what is on record of it, and the form by which more is entered. */
export function Papers({ of, facts, records, blocks, may, around, open, onOpen, onSaved }: Subject) {
  const { say } = useWords();
  const documents = namesOf(records);
  const lacking = new Set(blocks.flatMap((block) => block.refusals.map((refusal) => refusal.code)));
  return (
    <section className="case-panel">
      <p className="small muted">{say("fact_hint")}</p>
      <ul className="plain papers">
        {facts.map((fact) => (
          <Kind
            key={fact.code}
            fact={fact}
            records={records.filter((one) => one.kind.code === fact.code)}
            documents={documents}
            recordings={around.recordings}
            missing={fact.lifts?.some((code) => lacking.has(code)) ?? false}
            onOpen={may.includes(fact.needs) ? () => onOpen(fact) : null}
          />
        ))}
      </ul>
      {records.length > 0 ? (
        <details className="raw">
          <summary>{say("fact_all", { count: records.length })}</summary>
          <Records records={records} />
        </details>
      ) : null}
      {open ? (
        <FactForm
          key={open.code}
          fact={open}
          of={of}
          around={around}
          known={open.partly ? groupsOf(records) : {}}
          onClose={() => onOpen(null)}
          onSaved={onSaved}
        />
      ) : null}
    </section>
  );
}

interface KindShown {
  fact: Fact;
  records: RecordShown[];
  documents: ReadonlyMap<string, string>;
  recordings: Option[];
  missing: boolean;
  onOpen: (() => void) | null;
}

function Kind({ fact, records, documents, recordings, missing, onOpen }: KindShown) {
  const { say } = useWords();
  const latest = latestOf(records);
  return (
    <li data-fact={fact.code}>
      <div className="papers-what">
        <strong>{say(fact.title)}</strong>{" "}
        {missing ? <span className="status bad">{say("fact_missing")}</span> : null}{" "}
        {records.length > 0 ? (
          <span className="status good">{say("fact_on_record", { count: latest.length })}</span>
        ) : null}
        {latest.slice(0, SHOWN).map((one) => (
          <div key={one.number} className="small">
            <RecordFacts record={one} document={nameIn(documents, one)} />
            <Concerned record={one} recordings={recordings} />
          </div>
        ))}
        {latest.length > SHOWN ? (
          <div className="small muted">{say("fact_more", { count: latest.length - SHOWN })}</div>
        ) : null}
      </div>
      {onOpen ? (
        <Button size="small" type={missing ? "primary" : "default"} onClick={onOpen}>
          {say("fact_add")}
        </Button>
      ) : null}
    </li>
  );
}

/** The recording that a record is about, or how many. */
function Concerned({ record, recordings }: { record: RecordShown; recordings: Option[] }) {
  const { say } = useWords();
  const { recording, recordings: several } = record.facts;
  if (Array.isArray(several)) return <div className="muted">{say("fact_count", { count: several.length })}</div>;
  const named = recordings.find((one) => one.value === recording);
  return named ? <div className="muted">{named.label}</div> : null;
}

/** Of what is said again about one thing the last counts: groups in their order, else the newest first. */
function latestOf(records: RecordShown[]): RecordShown[] {
  const found = new Map<string, RecordShown>();
  for (const one of records) found.set(groupOf(one) ?? String(one.number), one);
  const order = Object.keys(GROUPS);
  const place = (one: RecordShown) => order.indexOf(groupOf(one) ?? "");
  return [...found.values()].sort((one, other) => place(one) - place(other) || other.number - one.number);
}

function groupOf(one: RecordShown): string | null {
  const group = one.facts["group"];
  return typeof group === "string" && group in GROUPS ? group : null;
}

/** What the documents of a case or action are called, by their digests. */
function namesOf(records: RecordShown[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { document_sha256: digest, facts } of records) {
    if (digest && typeof facts["code"] === "string") names.set(digest, facts["code"]);
  }
  return names;
}

function nameIn(names: ReadonlyMap<string, string>, one: RecordShown): string | undefined {
  return one.document_sha256 && one.kind.code !== "DOCUMENT" ? names.get(one.document_sha256) : undefined;
}

function groupsOf(records: RecordShown[]): Given {
  const known: Given = {};
  for (const one of records) {
    const group = groupOf(one);
    if (group && one.texts["text"]) known[group] = one.texts["text"];
  }
  return known;
}

/** Tells what was saved, and what the next step still lacks, by the page as it is now. */
export function useSaved<Detail extends { blocks: StepBlockShown[] }>(
  key: readonly [string, string],
  read: () => Promise<Detail>,
): (fact: Fact) => void {
  const queries = useQueryClient();
  const { say, pick } = useWords();
  const { notification } = App.useApp();
  return (fact) => {
    void queries.fetchQuery({ queryKey: key, queryFn: read, staleTime: 0 }).then(({ blocks }) => {
      notification.success({
        title: fact.proposes ? say("proposal_made") : say("fact_saved", { fact: say(fact.title) }),
        duration: 8,
        placement: "bottomRight",
        description: blocks.map(({ step, words, refusals }) => (
          <div key={step}>
            {refusals.length === 0
              ? say("fact_none_left", { step: pick(words) })
              : say("fact_left", { step: pick(words), count: refusals.length })}
            <ul className="reasons">
              {refusals.slice(0, SHOWN).map((one, place) => (
                <li key={`${one.code}${place}`}>{pick(one.words)}</li>
              ))}
            </ul>
            {refusals.length > SHOWN ? say("fact_more", { count: refusals.length - SHOWN }) : null}
          </div>
        )),
      });
    });
  };
}

/** The kind of fact whose form is open. */
export function useOpenFact(): [Fact | null, (fact: Fact | null) => void] {
  return useState<Fact | null>(null);
}
