import { useMutation, useQuery } from "@tanstack/react-query";
import { App, Button } from "antd";
import { answer, api } from "../api/client";
import type { RecordingNamed, SegmentShown } from "../api/client";
import { save } from "../parts/save";
import { span } from "../parts/time";
import { useTroubleWords } from "../parts/Trouble";
import { useWords } from "../words/language";
import { RecordingLink } from "./Named";

interface Shown {
  action: string;
  recordings: RecordingNamed[];
  onAdd: (() => void) | null;
}

/** The stretches that documents rest on, each a way to its first second, and their printed list. */
export function Segments({ action, recordings, onAdd }: Shown) {
  const { say } = useWords();
  const found = useQuery({
    queryKey: ["action", action, "segments"],
    queryFn: () => answer(api.GET("/api/actions/{action}/segments", { params: { path: { action } } })),
  });
  const segments = found.data?.segments ?? [];
  if (segments.length === 0 && recordings.length === 0) return null;
  return (
    <section className="case-panel">
      <div className="title-line">
        <h2>{say("segment_title")}</h2>
        {onAdd && recordings.length > 0 ? (
          <Button size="small" onClick={onAdd}>
            {say("fact_add")}
          </Button>
        ) : null}
        {segments.length > 0 ? <Print action={action} /> : null}
      </div>
      {segments.length === 0 ? <p className="muted">{say("segment_none")}</p> : null}
      <ul className="plain footage">
        {segments.map((one) => (
          <One key={one.recording + String(one.from_ms) + one.stated_at} segment={one} recordings={recordings} />
        ))}
      </ul>
    </section>
  );
}

function One({ segment, recordings }: { segment: SegmentShown; recordings: RecordingNamed[] }) {
  const named = recordings.find((one) => one.recording === segment.recording) ?? {
    recording: segment.recording,
    start: null,
    end: null,
    recorder: null,
    holder_name: null,
  };
  const [from, to] = [segment.from_ms / 1000, segment.to_ms / 1000];
  return (
    <li>
      <strong>
        {span(from)}–{span(to)}
      </strong>{" "}
      {segment.note} <span className="muted">《{segment.document_code}》</span>
      <div className="small muted">
        <RecordingLink one={named} at={from} />
        {segment.name ? ` · ${segment.name}` : ""}
      </div>
    </li>
  );
}

function Print({ action }: { action: string }) {
  const { say } = useWords();
  const { message } = App.useApp();
  const trouble = useTroubleWords();
  const print = useMutation({
    mutationFn: async () => {
      const asked = api.POST("/api/actions/{action}/segments/print", {
        params: { path: { action } },
        parseAs: "blob",
      });
      const file = (await answer(asked)) as unknown as Blob;
      return { file, sha256: (await asked).response.headers.get("x-liuhen-sha256") ?? "" };
    },
    onSuccess: ({ file, sha256 }) => {
      save(file, `segments-${action}.pdf`);
      void message.success(say("segment_printed", { sha256: sha256.slice(0, 12) }), 6);
    },
    onError: (problem) => void message.error(trouble(problem), 6),
  });
  return (
    <Button size="small" loading={print.isPending} onClick={() => print.mutate()}>
      {say("segment_print")}
    </Button>
  );
}
