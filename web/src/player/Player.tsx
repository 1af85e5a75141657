import { CheckCircleOutlined, PictureOutlined, PlayCircleFilled } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Typography } from "antd";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Recording, ViewOpened } from "../api/client";
import { useSearchParams } from "react-router";
import { Trouble } from "../parts/Trouble";
import { span } from "../parts/time";
import { ME } from "../session/session";
import { useWords } from "../words/language";
import { mediaOf, sheetOf } from "./facts";
import type { Media } from "./facts";
import { ALTERED, play } from "./hls";
import { Mark } from "./Mark";
import { Stills } from "./Stills";
import { useViewing } from "./view";
import type { Viewing } from "./view";
import { Waveform } from "./Waveform";

/** What there is to see, and the press that puts a look on record before the first byte of it. */
export function Player({ recording }: { recording: Recording }) {
  const { say } = useWords();
  const media = mediaOf(recording);
  const viewing = useViewing(recording.recording);
  const { view } = viewing;
  return (
    <section className="player" aria-label={say("rec_player")}>
      {viewing.problem ? <Trouble problem={viewing.problem} again={viewing.open} /> : null}
      {viewing.renewed && view ? <Alert type="info" showIcon closable title={say("rec_view_lost")} /> : null}
      {viewing.barren ? <Alert type="warning" showIcon title={say("rec_no_preview")} /> : null}
      {view === null ? (
        <Closed media={media} opening={viewing.opening} onOpen={viewing.open} />
      ) : media.look === "photo" ? (
        <Photo recording={recording} view={view} viewing={viewing} />
      ) : (
        <Opened recording={recording} media={media} view={view} viewing={viewing} />
      )}
      {view ? (
        <p className="small muted">
          <CheckCircleOutlined aria-hidden /> {say("rec_look_open")} · {say("rec_preview_note")}
        </p>
      ) : null}
    </section>
  );
}

const PRESS = { video: "rec_play", sound: "rec_listen", photo: "rec_open_picture" } as const;

function Closed({ media, opening, onOpen }: { media: Media; opening: boolean; onOpen: () => void }) {
  const { say } = useWords();
  if (media.look === "nothing") return null;
  return (
    <div className="closed">
      <Button
        type="primary"
        size="large"
        className="press"
        icon={media.look === "photo" ? <PictureOutlined aria-hidden /> : <PlayCircleFilled aria-hidden />}
        loading={opening}
        onClick={onOpen}
      >
        {say(PRESS[media.look])}
        {media.seconds === null ? "" : ` ${span(media.seconds)}`}
      </Button>
      <Typography.Text className="closed-note">{say("rec_look_recorded")}</Typography.Text>
    </div>
  );
}

interface OpenedProps {
  recording: Recording;
  view: ViewOpened;
  viewing: Viewing;
}

function Photo({ recording, view, viewing }: OpenedProps) {
  const { say } = useWords();
  const address = view.files["PICTURE/picture.jpg"];
  const name = recording.sightings[0]?.name ?? say("rec_picture");
  if (!address) return <Alert type="warning" showIcon title={say("rec_no_preview")} />;
  return (
    <div className="marked">
      <img
        className="photo"
        src={address}
        alt={name}
        onLoad={() => viewing.answered(view.id)}
        onError={() => viewing.renew(view.id)}
      />
      <Mark />
    </div>
  );
}

function Opened({ recording, view, media, viewing }: OpenedProps & { media: Media }) {
  const { say } = useWords();
  const queries = useQueryClient();
  const [element, setElement] = useState<HTMLMediaElement | null>(null);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(media.seconds ?? 0);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [search] = useSearchParams();
  const place = useRef(Math.max(0, Number(search.get("t")) || 0)); // where an address points into it
  const playlist = view.files["HLS/index.m3u8"];
  const poster = view.files["POSTER/poster.jpg"];
  const peaks = view.files["PEAKS/peaks.json"];
  const sheetAddress = view.files["SHEET/sheet.jpg"];
  const sheet = sheetOf(recording);

  const { answered, renew } = viewing;
  useEffect(() => {
    if (!element || !playlist) return undefined;
    setTrouble(null);
    const playing = play(element, playlist, {
      at: place.current,
      onAnswer: () => answered(view.id),
      onGone: () => renew(view.id),
      onTrouble: (what) => {
        setTrouble(what);
        // The log-in may have ended: then the page says so by itself.
        void queries.invalidateQueries({ queryKey: ME });
      },
    });
    // Somebody has just pressed "play"; a browser that objects shows its own controls.
    void element.play().catch(() => undefined);
    return playing.stop;
  }, [element, playlist, view.id, answered, renew, queries]);

  const seek = useCallback(
    (seconds: number) => {
      if (element) element.currentTime = seconds;
    },
    [element],
  );
  const follow = (event: { currentTarget: HTMLMediaElement }) => {
    place.current = event.currentTarget.currentTime;
    setAt(event.currentTarget.currentTime);
  };
  const listening = {
    controls: true,
    preload: "auto" as const,
    onTimeUpdate: follow,
    onSeeking: follow, // a jump whose look has ended gets no further: it must not be forgotten
    onDurationChange: (event: { currentTarget: HTMLMediaElement }) => {
      const found = event.currentTarget.duration;
      if (Number.isFinite(found) && found > 0) setLength(found);
    },
  };
  if (!playlist) return <Alert type="warning" showIcon title={say("rec_no_preview")} />;
  return (
    <>
      {trouble ? (
        <Alert
          type="error"
          showIcon
          title={trouble === ALTERED ? say("rec_preview_altered") : `${say("rec_preview_failed")} (${trouble})`}
        />
      ) : null}
      {media.look === "sound" ? (
        <audio ref={setElement} className="audio" {...listening} />
      ) : (
        <div className="marked">
          <video
            ref={setElement}
            className="video"
            playsInline
            {...(poster ? { poster } : {})}
            {...(media.shape ? { style: { aspectRatio: media.shape } } : {})}
            {...listening}
          />
          <Mark />
        </div>
      )}
      {peaks ? (
        <Waveform address={peaks} recording={recording.recording} at={at} seconds={length} onSeek={seek} />
      ) : null}
      {sheet && sheetAddress ? <Stills sheet={sheet} address={sheetAddress} at={at} onSeek={seek} /> : null}
    </>
  );
}
