import type { Dayjs } from "dayjs";
import type { components, paths } from "../../generated/api";
import { answer, api } from "../api/client";
import type { Permission } from "../api/client";
import {
  AWARENESS,
  BEARINGS,
  CASE_STAGES,
  EXCLUSIONS,
  GROUPS,
  IDENTITY,
  NOTICES,
  OPINIONS,
  RECORD_CHOICES,
  SIGNED,
  TRIAGES,
} from "../words/offered";
import type { Key } from "../words/ui";

type Schemas = components["schemas"];
type Words = Record<string, readonly [string, string]>;
export type Given = Record<string, unknown>;

/** How a field is entered; what it sends stands behind it. */
export type Entry =
  | "choice" // a code of `words`
  | "line" // one line
  | "text" // several lines
  | "flag" // true or false
  | "count" // a whole number
  | "day" // a day
  | "moment" // a moment, Beijing time
  | "offset" // a place in a recording, in seconds
  | "offset_ms" // the same in milliseconds
  | "document" // a digest
  | "documents" // several of them
  | "recording" // a digest
  | "recordings" // several of them
  | "person" // the id of somebody of the team
  | "people" // several of them
  | "signer"; // somebody of the team, the counterpart or a witness

export interface FactField {
  name: string;
  label: Key;
  entry: Entry;
  words?: Words;
  hint?: Key;
  optional?: boolean;
  when?: (given: Given) => boolean;
}

/** A kind of fact: what is asked, who may say it, which refusals it may lift, where it goes. */
export interface Fact {
  code: string;
  title: Key;
  hint?: Key;
  needs: Permission;
  fields: readonly FactField[];
  given?: Given;
  lifts?: readonly string[];
  /** Whether the moment of which it is stands beside it, `at` as UTC text. */
  dated?: boolean;
  /** Whether only what differs from what is on record is sent. */
  partly?: boolean;
  /** Whether it waits for a second person. */
  proposes?: boolean;
  send: (of: string, given: Given) => Promise<unknown>;
}

type FieldOf<Body> = FactField & { name: keyof Body & string };

/** A fact whose fields are those that its route takes. */
function fact<Body>(one: Fact & { fields: readonly FieldOf<Body>[] }): Fact {
  return one;
}

type Asked = { data?: unknown; error?: unknown; response: Response };
// The one place where a body is not held against its route by the compiler: `fact` does that.
const post = api.POST as unknown as (path: keyof paths, options: object) => Promise<Asked>;

type Subject = "action" | "case" | "recording" | "finding";

function to(subject: Subject, path: keyof paths): Fact["send"] {
  return (of, { at, ...body }) => {
    const query = subject === "action" && at ? { at } : {};
    const dated = subject !== "action" && at ? { ...body, at } : body;
    return answer(post(path, { params: { path: { [subject]: of }, query }, body: dated }));
  };
}

/** Asked while the other of the two is not said. */
function without(other: string) {
  return (given: Given) => !given[other];
}

const refused = ({ result, signature }: Given) => (result ?? signature) === "REFUSED";

export const ACTION_FACTS: readonly Fact[] = [
  fact<Schemas["DecisionGiven"]>({
    code: "DECISION",
    title: "decision",
    needs: "KEEP_CASES",
    dated: true,
    lifts: ["NO_DECISION"],
    fields: [
      { name: "choice", label: "decision_choice", entry: "choice", words: RECORD_CHOICES },
      { name: "reason", label: "fact_reason", entry: "text", when: ({ choice }) => choice === "NOT_RECORD" },
    ],
    send: to("action", "/api/actions/{action}/decision"),
  }),
  fact<Schemas["AwarenessGiven"]>({
    code: "AWARENESS",
    title: "awareness",
    needs: "KEEP_CASES",
    dated: true,
    given: { mode: "VISIBLE_DEVICE" },
    lifts: ["NOT_TOLD"],
    fields: [
      { name: "mode", label: "awareness_mode", entry: "choice", words: AWARENESS },
      { name: "sign", label: "awareness_sign", entry: "line", when: ({ mode }) => mode === "SIGNAGE" },
      {
        name: "recording",
        label: "field_recording",
        entry: "recording",
        optional: true,
        when: ({ mode }) => mode === "VERBAL_NOTICE",
      },
      {
        name: "offset_s",
        label: "field_offset",
        entry: "offset",
        optional: true,
        when: ({ mode }) => mode === "VERBAL_NOTICE",
      },
    ],
    send: to("action", "/api/actions/{action}/awareness"),
  }),
  fact<Schemas["IdentityGiven"]>({
    code: "IDENTITY",
    title: "identity",
    needs: "KEEP_CASES",
    dated: true,
    given: { mode: "SHOWN" },
    lifts: ["NO_IDENTITY"],
    fields: [
      { name: "mode", label: "awareness_mode", entry: "choice", words: IDENTITY },
      { name: "offset_s", label: "field_offset", entry: "offset", optional: true },
    ],
    send: to("action", "/api/actions/{action}/identity"),
  }),
  fact<Schemas["NoticeGiven"]>({
    code: "NOTICE",
    title: "notice",
    hint: "notice_hint",
    needs: "KEEP_CASES",
    dated: true,
    lifts: ["NOT_TOLD"],
    fields: [
      { name: "item", label: "notice_item", entry: "choice", words: NOTICES },
      { name: "offset_s", label: "field_offset", entry: "offset", optional: true },
      { name: "document_sha256", label: "field_document", entry: "document", optional: true },
    ],
    send: to("action", "/api/actions/{action}/notices"),
  }),
  fact<Schemas["DocumentGiven"]>({
    code: "DOCUMENT",
    title: "document",
    needs: "KEEP_CASES",
    dated: true,
    lifts: ["MISSING_DOC"],
    fields: [
      { name: "document_sha256", label: "field_document", entry: "document" },
      { name: "code", label: "document_code", entry: "line", hint: "document_code_hint" },
      { name: "template", label: "document_template", entry: "line", optional: true },
      { name: "reason", label: "document_free", entry: "text", when: ({ template }) => !template },
    ],
    send: to("action", "/api/actions/{action}/documents"),
  }),
  fact<Schemas["SignatureGiven"]>({
    code: "SIGNATURE",
    title: "signature",
    needs: "KEEP_CASES",
    dated: true,
    given: { result: "SIGNED" },
    lifts: ["SIGNATURES", "COUNTERPART_SIGNATURE", "REFUSAL_NOTE", "WITNESS_SIGNATURE"],
    fields: [
      { name: "document_sha256", label: "field_document", entry: "document" },
      { name: "signer", label: "signature_signer", entry: "signer" },
      { name: "result", label: "signature_result", entry: "choice", words: SIGNED },
      { name: "note", label: "signature_refused", entry: "text", when: refused },
      { name: "noted_by", label: "signature_noted_by", entry: "person", when: refused },
    ],
    send: to("action", "/api/actions/{action}/signatures"),
  }),
  fact<Schemas["WitnessGiven"]>({
    code: "WITNESS",
    title: "witness",
    needs: "KEEP_CASES",
    dated: true,
    given: { is_present: true },
    lifts: ["WITNESS_OF_BUREAU"],
    fields: [
      { name: "name", label: "witness_name", entry: "line" },
      { name: "is_present", label: "witness_present", entry: "flag" },
    ],
    send: to("action", "/api/actions/{action}/witnesses"),
  }),
  {
    code: "METADATA",
    title: "metadata",
    needs: "KEEP_CASES",
    dated: true,
    partly: true,
    lifts: ["META_INCOMPLETE"],
    fields: Object.keys(GROUPS).map((name) => ({
      name,
      label: `group_${name}` as Key,
      entry: "text" as const,
      optional: true,
    })),
    send: async (of, { at, ...texts }) => {
      const send = to("action", "/api/actions/{action}/metadata");
      for (const [group, text] of Object.entries(texts)) await send(of, { at, group, text });
    },
  },
  fact<Schemas["PartyGiven"]>({
    code: "PARTY",
    title: "party",
    needs: "KEEP_CASES",
    dated: true,
    fields: [{ name: "name", label: "witness_name", entry: "line" }],
    send: to("action", "/api/actions/{action}/parties"),
  }),
  fact<Schemas["ExemptionGiven"]>({
    code: "EXEMPTION",
    title: "exemption",
    proposes: true,
    hint: "exemption_hint",
    needs: "KEEP_CASES",
    lifts: ["COVERAGE_NONE"],
    fields: [
      { name: "documents", label: "field_documents", entry: "documents" },
      { name: "signers", label: "exemption_signers", entry: "people" },
      { name: "reason", label: "fact_reason", entry: "text" },
    ],
    send: to("action", "/api/actions/{action}/exemptions"),
  }),
];

export const SEGMENT: Fact = fact<Schemas["SegmentGiven"]>({
  code: "SEGMENT",
  title: "segment",
  hint: "segment_hint",
  needs: "LINK_FOOTAGE",
  fields: [
    { name: "recording", label: "field_recording", entry: "recording" },
    { name: "from_ms", label: "segment_from", entry: "offset_ms" },
    { name: "to_ms", label: "segment_to", entry: "offset_ms" },
    { name: "document_sha256", label: "field_document", entry: "document" },
    { name: "document_code", label: "document_code", entry: "line", hint: "document_code_hint" },
    { name: "note", label: "segment_what", entry: "text" },
  ],
  send: to("action", "/api/actions/{action}/segments"),
});

export const CASE_FACTS: readonly Fact[] = [
  fact<Schemas["FixationGiven"]>({
    code: "FIXATION",
    title: "fixation",
    hint: "fixation_hint",
    needs: "KEEP_CASES",
    dated: true,
    given: { signature: "SIGNED" },
    lifts: ["NOT_FIXED"],
    fields: [
      { name: "recordings", label: "field_recordings", entry: "recordings" },
      { name: "document_sha256", label: "field_document", entry: "document" },
      { name: "signature", label: "signature_result", entry: "choice", words: SIGNED },
      { name: "note", label: "signature_refused", entry: "text", when: refused },
    ],
    send: to("case", "/api/cases/{case}/fixations"),
  }),
  fact<Schemas["OpinionGiven"]>({
    code: "REVIEW_OPINION",
    title: "opinion",
    needs: "CONFIRM_CASES",
    dated: true,
    given: { opinion: "AGREE" },
    lifts: ["REVIEW_INCOMPLETE", "REVIEW_NOT_AGREED", "REVIEW_STALE"],
    fields: [
      { name: "opinion", label: "opinion_word", entry: "choice", words: OPINIONS },
      { name: "document_sha256", label: "field_document", entry: "document" },
    ],
    send: to("case", "/api/cases/{case}/opinions"),
  }),
  fact<Schemas["CollectiveGiven"]>({
    code: "COLLECTIVE",
    title: "collective",
    needs: "KEEP_CASES",
    dated: true,
    lifts: ["COLLECTIVE_MISSING", "MINUTES_MISSING", "VOTES_TOO_FEW"],
    fields: [
      { name: "members", label: "collective_members", entry: "count" },
      { name: "in_favour", label: "collective_in_favour", entry: "count" },
      { name: "document_sha256", label: "collective_minutes", entry: "document", optional: true },
    ],
    send: to("case", "/api/cases/{case}/collective"),
  }),
  fact<Schemas["StageGiven"]>({
    code: "STAGE",
    title: "stage",
    needs: "KEEP_CASES",
    dated: true,
    lifts: ["STAGE_MISSING"],
    fields: [
      { name: "stage", label: "stage_word", entry: "choice", words: CASE_STAGES },
      { name: "document_sha256", label: "field_document", entry: "document" },
      { name: "note", label: "fact_note", entry: "text", optional: true },
    ],
    send: to("case", "/api/cases/{case}/stages"),
  }),
  fact<Schemas["TagGiven"]>({
    code: "TAG",
    title: "tag",
    needs: "JUDGE_FOOTAGE",
    dated: true,
    fields: [
      { name: "recording", label: "field_recording", entry: "recording" },
      { name: "bearing", label: "tag", entry: "choice", words: BEARINGS },
      { name: "note", label: "fact_note", entry: "text", optional: true },
    ],
    send: to("case", "/api/cases/{case}/tags"),
  }),
  fact<Schemas["RemediesGiven"]>({
    code: "REMEDIES",
    title: "remedies",
    hint: "remedies_hint",
    needs: "KEEP_CASES",
    dated: true,
    fields: [
      { name: "reconsideration_until", label: "remedies_reconsideration", entry: "day" },
      { name: "suit_until", label: "remedies_suit", entry: "day" },
      { name: "reconsidered_by", label: "remedies_body", entry: "line", optional: true },
      { name: "court", label: "remedies_court", entry: "line", optional: true },
      { name: "document_sha256", label: "field_document", entry: "document", optional: true },
    ],
    send: to("case", "/api/cases/{case}/remedies"),
  }),
];

/** How long the case file is kept: for a period or until a day. */
export const CASE_TERM: Fact = fact<Schemas["TermGiven"]>({
  code: "CASE_TERM",
  title: "term",
  hint: "term_hint",
  needs: "CHANGE_RETENTION",
  given: { class_code: "CASE_FILE" },
  fields: [
    { name: "class_code", label: "retention_class", entry: "line" },
    { name: "period", label: "retention_period", entry: "line", hint: "term_period_hint", when: without("ends_on"), optional: true },
    { name: "ends_on", label: "term_ends", entry: "day", when: without("period"), optional: true },
    { name: "is_real_estate", label: "term_real_estate", entry: "flag" },
    { name: "document", label: "retention_document", entry: "line" },
    { name: "article", label: "retention_article", entry: "line" },
    { name: "quote", label: "retention_quote", entry: "text" },
  ],
  send: to("case", "/api/cases/{case}/terms"),
});

const is = (triage: string) => (given: Given) => given["triage"] === triage;

/** How a finding is dealt with: at once, by somebody until a day, or by another body. */
export const TRIAGE: Fact = fact<Schemas["TriageGiven"]>({
  code: "TRIAGE",
  title: "triage",
  needs: "HANDLE_FINDINGS",
  given: { triage: "IMMEDIATE" },
  fields: [
    { name: "triage", label: "triage_how", entry: "choice", words: TRIAGES },
    { name: "person", label: "triage_person", entry: "person", when: is("SCHEDULED") },
    { name: "deadline", label: "triage_deadline", entry: "day", when: is("SCHEDULED") },
    { name: "recipient", label: "triage_recipient", entry: "line", when: is("REFERRED") },
    { name: "document", label: "triage_document", entry: "line", when: is("REFERRED") },
    { name: "head", label: "triage_head", entry: "person", optional: true },
    { name: "direct", label: "triage_direct", entry: "people", optional: true },
  ],
  send: to("finding", "/api/findings/{finding}/triage"),
});

const { NOT_STORED: _stored, NOT_MEASURED: _measured, ...CAUSES } = EXCLUSIONS;

/** What a reviewer says of a recording; `aside` are the causes for which it is out now. */
export function recordingFacts(aside: readonly string[]): readonly Fact[] {
  const out = Object.fromEntries(Object.entries(CAUSES).filter(([code]) => aside.includes(code)));
  const left = Object.fromEntries(Object.entries(CAUSES).filter(([code]) => !aside.includes(code)));
  const release = fact<Schemas["ReleaseGiven"]>({
    code: "RELEASE",
    title: "release",
    needs: "JUDGE_FOOTAGE",
    given: { cause: Object.keys(out)[0] },
    fields: [
      { name: "cause", label: "aside_cause", entry: "choice", words: out },
      { name: "note", label: "fact_reason", entry: "text" },
    ],
    send: to("recording", "/api/recordings/{recording}/release"),
  });
  const others = [
    fact<Schemas["AsideGiven"]>({
      code: "ASIDE",
      title: "aside",
      hint: "aside_hint",
      needs: "JUDGE_FOOTAGE",
      fields: [
        { name: "cause", label: "aside_cause", entry: "choice", words: left },
        { name: "note", label: "fact_note", entry: "text", optional: true },
      ],
      send: to("recording", "/api/recordings/{recording}/quarantine"),
    }),
    fact<Schemas["AnchorGiven"]>({
      code: "ANCHOR",
      title: "anchor",
      hint: "anchor_hint",
      needs: "JUDGE_FOOTAGE",
      fields: [
        { name: "device_at", label: "anchor_device", entry: "moment" },
        { name: "true_at", label: "anchor_true", entry: "moment" },
        { name: "note", label: "anchor_note", entry: "text" },
      ],
      send: to("recording", "/api/recordings/{recording}/anchor"),
    }),
  ];
  return Object.keys(out).length > 0 ? [release, ...others] : others;
}

/** What stands in the picker is Beijing's wall clock, whatever zone the computer keeps. */
export function moment(wall: Dayjs): string {
  return `${wall.format("YYYY-MM-DDTHH:mm:ss")}+08:00`;
}

/** A place in a recording as seconds: `90`, `12:40`, `1:02:40.5`; null for what is none. */
export function offsetOf(text: string): number | null {
  const parts = text.trim().replace(/：/g, ":").split(":");
  if (parts.length > 3 || !parts.every((part) => /^\d+(\.\d+)?$/.test(part))) return null;
  return parts.reduce((all, part) => all * 60 + Number(part), 0);
}

function sent({ entry }: FactField, value: unknown): unknown {
  if (entry === "day") return (value as Dayjs).format("YYYY-MM-DD");
  if (entry === "moment") return moment(value as Dayjs);
  if (entry === "offset") return Math.floor(offsetOf(String(value)) ?? 0);
  if (entry === "offset_ms") return Math.round((offsetOf(String(value)) ?? 0) * 1000);
  return typeof value === "string" ? value.trim() : value;
}

/** What a form holds as its route takes it: nothing that was left empty or is not asked. */
export function bodyOf(one: Fact, given: Given, known: Given): Given {
  const body: Given = {};
  for (const field of one.fields) {
    const value = given[field.name];
    const empty = value === undefined || value === null || value === "";
    const asked = field.when ? field.when(given) : true;
    const same = one.partly === true && known[field.name] === value;
    if (asked && !empty && !same) body[field.name] = sent(field, value);
  }
  const at = given["at"];
  return at ? { ...body, at: moment(at as Dayjs) } : body;
}
