import { Link } from "react-router";
import type { RecordingNamed, RecordShown } from "../api/client";
import { beijing } from "../parts/time";
import { useWords } from "../words/language";
import type { Option } from "./fields";

/** What a recording is called where people choose: when, with which recorder, by whom. */
export function useRecordingName(): (one: RecordingNamed) => string {
  const { say } = useWords();
  return (one) => {
    const when =
      one.start && one.end
        ? `${beijing(one.start)}–${beijing(one.end).slice(11)}`
        : `${say("inbox_time_unknown")} ${one.recording.slice(0, 8)}`;
    const by = [one.recorder ? say("coverage_device", { device: one.recorder }) : null, one.holder_name];
    return [when, ...by.filter((part) => part !== null)].join(" · ");
  };
}

export function RecordingLink({ one, at }: { one: RecordingNamed; at?: number }) {
  const name = useRecordingName();
  const place = at === undefined ? "" : `?t=${at}`;
  return (
    <Link to={`/recordings/${one.recording}${place}`} className="moment">
      {name(one)}
    </Link>
  );
}

export function useRecordingOptions(recordings: RecordingNamed[]): Option[] {
  const name = useRecordingName();
  return recordings.map((one) => ({ value: one.recording, label: name(one) }));
}

/** The documents that records name, the newest first: by their own name where it was told. */
export function useDocumentOptions(records: RecordShown[]): Option[] {
  const { pick } = useWords();
  const names = new Map<string, string>();
  for (const one of records) {
    const digest = one.document_sha256;
    if (!digest) continue;
    const code = one.facts["code"];
    const name = typeof code === "string" ? code : (names.get(digest) ?? pick(one.kind.words));
    names.set(digest, name);
  }
  return [...names].reverse().map(([value, name]) => ({ value, label: `${name} · ${value.slice(0, 8)}…` }));
}
