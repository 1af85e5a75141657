import { Descriptions, Typography } from "antd";
import type { DescriptionsProps } from "antd";
import type { Recording, Sighting } from "../api/client";
import { Labels } from "../parts/Labels";
import { bytes, Moment, span } from "../parts/time";
import { CLAIMED_ZONES, KINDS } from "../words/codes";
import { useWords } from "../words/language";
import { containerName, derivative, mediaOf, streamOf } from "./facts";
import type { Stream } from "./facts";

type Items = NonNullable<DescriptionsProps["items"]>;

export function FactsPanel({ recording }: { recording: Recording }) {
  const { say } = useWords();
  const media = mediaOf(recording);
  const container = derivative(recording, "PROBE")?.facts["container"];
  const items: Items = [
    {
      key: "size",
      label: say("rec_size"),
      children: `${bytes(recording.size)}（${say("rec_size_bytes", { bytes: recording.size.toLocaleString("en") })}）`,
    },
    { key: "sealed", label: say("rec_sealed"), children: <Moment utc={recording.sealed_at} /> },
  ];
  if (media.seconds !== null) {
    items.push({ key: "length", label: say("rec_length"), children: span(media.seconds) });
  }
  if (typeof container === "string" && container) {
    items.push({ key: "container", label: say("rec_container"), children: containerName(container) });
  }
  for (const [what, label] of [
    ["video", "rec_picture"],
    ["sound", "rec_sound"],
  ] as const) {
    const stream = streamOf(recording, what);
    if (stream) items.push({ key: what, label: say(label), children: <StreamLine stream={stream} /> });
  }
  const digests: Items = Object.entries(recording.digests).map(([name, digest]) => ({
    key: name,
    label: name.toUpperCase(),
    children: (
      <Typography.Text copyable={{ text: digest, tooltips: [say("copy"), say("copied")] }} className="digest">
        {digest}
      </Typography.Text>
    ),
  }));
  return (
    <section>
      <h2>{say("rec_facts")}</h2>
      <Descriptions bordered size="small" column={{ xs: 1, lg: 2 }} items={items} />
      <h2>{say("rec_digests")}</h2>
      <Descriptions bordered size="small" column={1} items={digests} />
    </section>
  );
}

function StreamLine({ stream }: { stream: Stream }) {
  const { say, pick } = useWords();
  const parts = [stream.codec, stream.detail];
  if (stream.channels) parts.push(say("rec_channels", { count: stream.channels }));
  if (stream.rotation) parts.push(say("rec_turned", { degrees: stream.rotation }));
  const shown = { COPY: say("rec_copy"), TRANSCODE: say("rec_transcode") };
  return (
    <>
      {parts.join(" · ")}
      {stream.shown ? (
        <div className="small muted">
          {say("rec_shown_as")}: {shown[stream.shown]}
          {stream.why.length > 0
            ? say("rec_because", { why: stream.why.map((one) => pick(one.words)).join(say("list_comma")) })
            : ""}
        </div>
      ) : null}
    </>
  );
}

export function SightingsPanel({ recording }: { recording: Recording }) {
  const { say } = useWords();
  return (
    <section>
      <h2>{say("rec_sightings")}</h2>
      <p className="small muted">{say("rec_sightings_hint")}</p>
      {recording.sightings.map((sighting) => (
        <SightingCard key={sighting.id} sighting={sighting} />
      ))}
    </section>
  );
}

/** A time that a file claims of itself: shown as it is written there, never moved to a zone. */
function Claimed({ time, note }: { time: string | null; note?: string }) {
  const { say } = useWords();
  if (time === null) return <span className="muted">{say("time_claim_none")}</span>;
  return (
    <>
      <time>{time.replace("T", " ")}</time>
      {note ? <span className="zone"> {note}</span> : null}
    </>
  );
}

function SightingCard({ sighting }: { sighting: Sighting }) {
  const { say, word } = useWords();
  const zone = sighting.container_zone;
  const items: Items = [
    {
      key: "name_time",
      label: say("time_name"),
      children: <Claimed time={sighting.name_time} note={word(CLAIMED_ZONES, "LOCAL")} />,
    },
    {
      key: "container_time",
      label: say("time_container"),
      children: (
        <Claimed time={sighting.container_time} {...(zone ? { note: word(CLAIMED_ZONES, zone) } : {})} />
      ),
    },
    {
      key: "file_time",
      label: say("time_file"),
      children: sighting.file_time ? <Moment utc={sighting.file_time} /> : <Claimed time={null} />,
    },
    { key: "dock_time", label: say("time_dock"), children: <Moment utc={sighting.sealed_at} /> },
    { key: "recorder", label: say("col_recorder"), children: sighting.recorder ?? say("unknown") },
    { key: "officer", label: say("col_officer"), children: sighting.officer ?? say("unknown") },
    { key: "unit", label: say("col_unit"), children: sighting.unit_name ?? say("unknown") },
    { key: "dock", label: say("col_dock"), children: `${sighting.dock} · ${sighting.session}` },
    { key: "zone", label: say("clock_zone"), children: sighting.zone },
  ];
  return (
    <Descriptions
      className="sighting"
      bordered
      size="small"
      column={{ xs: 1, lg: 2 }}
      title={
        <>
          <span className="file">{sighting.name}</span> · {word(KINDS, sighting.kind)}{" "}
          <Labels labels={sighting.labels} />
        </>
      }
      items={items}
    />
  );
}
