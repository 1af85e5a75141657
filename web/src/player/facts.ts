import type { Derivative, Recording, Remark } from "../api/client";

/** What the page reads from a derivative's facts; they are free-form in the API. */
type Facts = Record<string, unknown>;

function record(value: unknown): Facts | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Facts)
    : null;
}

export function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

export function derivative(recording: Recording, kind: string): Derivative | null {
  return recording.derivatives.find((one) => one.kind === kind) ?? null;
}

export function ready(recording: Recording, kind: string): Derivative | null {
  const found = derivative(recording, kind);
  return found?.state === "READY" ? found : null;
}

export interface Media {
  look: "video" | "sound" | "photo" | "nothing";
  seconds: number | null;
  /** Width over height of what is shown, where it is known before anything is opened. */
  shape: number | null;
}

/** What there is to look at. */
export function mediaOf(recording: Recording): Media {
  const picture = ready(recording, "PICTURE");
  if (picture) return { look: "photo", seconds: null, shape: shapeOf(picture.facts) };
  const hls = ready(recording, "HLS");
  if (!hls) return { look: "nothing", seconds: null, shape: null };
  const length = number(hls.facts["length_us"]);
  const seconds = length === null ? null : length / 1e6;
  if (!record(hls.facts["video"])) return { look: "sound", seconds, shape: null };
  const poster = ready(recording, "POSTER");
  return { look: "video", seconds, shape: poster ? shapeOf(poster.facts) : null };
}

function shapeOf(facts: Facts): number | null {
  const [width, height] = [number(facts["width"]), number(facts["height"])];
  return width && height ? width / height : null;
}

export interface Sheet {
  columns: number;
  width: number;
  height: number;
  seconds: number[];
}

export function sheetOf(recording: Recording): Sheet | null {
  const facts = ready(recording, "SHEET")?.facts;
  if (!facts) return null;
  const [columns, width, height] = ["columns", "width", "height"].map((name) => number(facts[name]));
  const times = facts["times_us"];
  if (!columns || !width || !height || !Array.isArray(times)) return null;
  return { columns, width, height, seconds: times.map((at) => Number(at) / 1e6) };
}

/** The prober names one reader for all that it reads; people know a file by these. */
const CONTAINERS: Record<string, string> = {
  "mov,mp4,m4a,3gp,3g2,mj2": "MP4 / MOV",
  "matroska,webm": "MKV / WebM",
  mpegts: "MPEG-TS",
};

export function containerName(said: string): string {
  return CONTAINERS[said] ?? said.toUpperCase();
}

export interface Stream {
  codec: string;
  detail: string;
  shown: "COPY" | "TRANSCODE" | null;
  why: Remark[];
  rotation: number;
  channels: number | null;
}

/** A stream of the source, and how it is shown. */
export function streamOf(recording: Recording, what: "video" | "sound"): Stream | null {
  const source = record(derivative(recording, "PROBE")?.facts[what]);
  if (!source) return null;
  const rendition = ready(recording, "HLS");
  const made = record(rendition?.facts[what]);
  const action = made?.["action"];
  const detail =
    what === "video" ? `${source["width"]}×${source["height"]}` : `${source["rate"]} Hz`;
  return {
    codec: String(source["codec"] ?? "?"),
    detail,
    shown: action === "COPY" || action === "TRANSCODE" ? action : null,
    why: rendition?.transcoded[what] ?? [],
    rotation: number(source["rotation"]) ?? 0,
    channels: number(source["channels"]),
  };
}

/** Remarks on the source by whoever looked into it; of the same trouble the prober's is told. */
export function remarksOf(recording: Recording): { labels: string[]; remarks: Remark[] } {
  const labels = new Set<string>();
  const remarks = new Map<string, Remark>();
  const probed = (one: Derivative) => Number(one.kind === "PROBE");
  for (const one of [...recording.derivatives].sort((a, b) => probed(b) - probed(a))) {
    one.labels.forEach((label) => labels.add(label));
    one.remarks
      .filter((remark) => !remarks.has(remark.code))
      .forEach((remark) => remarks.set(remark.code, remark));
  }
  return { labels: [...labels], remarks: [...remarks.values()] };
}

/** Whether the previews are still being made: every kind gets a row in the end. */
export function isPreparing(recording: Recording): boolean {
  const kinds = ["PROBE", "POSTER", "HLS", "SHEET", "PEAKS", "PICTURE"];
  return kinds.some((kind) => derivative(recording, kind) === null);
}
