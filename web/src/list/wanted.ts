import type { FileKind } from "../api/client";

/** The exact filters of the list; the API takes one at a time, beside the time of sealing. */
export const EXACT = ["day", "recorder", "officer", "unit", "dock", "kind", "session"] as const;
export type Exact = (typeof EXACT)[number];

export interface Wanted {
  by: Exact | null;
  value: string;
  /** Days in Beijing, both included. */
  from: string;
  to: string;
  before: string | null;
}

/** The filters as the address carries them, so that a list can be kept, sent, and gone back to. */
export function wantedOf(search: URLSearchParams): Wanted {
  const by = EXACT.find((name) => search.get(name)) ?? null;
  return {
    by,
    value: by ? (search.get(by) ?? "") : "",
    from: search.get("from") ?? "",
    to: search.get("to") ?? "",
    before: search.get("before"),
  };
}

export function searchOf(wanted: Partial<Wanted>): URLSearchParams {
  const search = new URLSearchParams();
  if (wanted.by && wanted.value) search.set(wanted.by, wanted.value);
  if (wanted.from) search.set("from", wanted.from);
  if (wanted.to) search.set("to", wanted.to);
  if (wanted.before) search.set("before", wanted.before);
  return search;
}

const DAY_MS = 86_400_000;

/** Midnight in Beijing as the API writes a time, so many days on. */
function midnight(day: string, later = 0): string | undefined {
  const at = Date.parse(`${day}T00:00:00+08:00`);
  if (!Number.isFinite(at)) return undefined;
  return new Date(at + later * DAY_MS).toISOString().replace(/\.\d+Z$/, ".000000Z");
}

export interface Asked {
  day?: string;
  recorder?: string;
  officer?: string;
  unit?: string;
  dock?: string;
  session?: string;
  kind?: FileKind;
  sealed_from?: string;
  sealed_to?: string;
  before?: string;
  limit: number;
}

export function asked(wanted: Wanted, limit: number): Asked {
  const exact = wanted.by ? { [wanted.by]: wanted.value } : {};
  const from = wanted.from ? midnight(wanted.from) : undefined;
  const to = wanted.to ? midnight(wanted.to, 1) : undefined;
  return {
    ...(exact as Partial<Asked>),
    ...(from ? { sealed_from: from } : {}),
    ...(to ? { sealed_to: to } : {}),
    ...(wanted.before ? { before: wanted.before } : {}),
    limit,
  };
}
