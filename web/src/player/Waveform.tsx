import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { span } from "../parts/time";
import { useWords } from "../words/language";

interface Peaks {
  sample_rate: number;
  samples_per_pixel: number;
  length: number;
  /** Least and greatest sample of each stretch in turn, -128 to 127. */
  data: number[];
}

interface Props {
  address: string;
  /** The look under which the address answers; a new look is no reason to fetch the same again. */
  recording: string;
  at: number;
  seconds: number;
  onSeek: (seconds: number) => void;
}

const STEP = 5;

export function Waveform({ address, recording, at, seconds, onSeek }: Props) {
  const { say } = useWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const peaks = useQuery({
    queryKey: ["peaks", recording],
    queryFn: async () => {
      const response = await fetch(address);
      if (!response.ok) throw new Error(`Peaks: ${response.status}`);
      return (await response.json()) as Peaks;
    },
    staleTime: Infinity,
  });
  useEffect(() => {
    const drawn = canvas.current;
    if (!drawn || !peaks.data) return undefined;
    const data = peaks.data;
    const again = () => draw(drawn, data, seconds > 0 ? at / seconds : 0, seconds);
    again();
    const watcher = new ResizeObserver(again);
    watcher.observe(drawn);
    return () => watcher.disconnect();
  }, [peaks.data, at, seconds]);
  if (!peaks.data) return null;
  const silent = peaks.data.data.every((value) => Math.abs(value) <= 1);
  const clamp = (to: number) => onSeek(Math.min(Math.max(to, 0), seconds));
  return (
    <figure className="wave">
      <figcaption className="small muted">
        {say("rec_wave")}
        {silent ? ` · ${say("rec_silent")}` : ""}
      </figcaption>
      <canvas
        ref={canvas}
        role="slider"
        tabIndex={0}
        aria-label={say("rec_wave")}
        aria-valuemin={0}
        aria-valuemax={Math.round(seconds)}
        aria-valuenow={Math.round(at)}
        aria-valuetext={span(at)}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          clamp(((event.clientX - box.left) / box.width) * seconds);
        }}
        onKeyDown={(event) => {
          const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
          if (step === undefined) return;
          event.preventDefault();
          clamp(at + step);
        }}
      />
    </figure>
  );
}

function draw(canvas: HTMLCanvasElement, peaks: Peaks, played: number, seconds: number): void {
  const scale = window.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d");
  if (!context || width === 0) return;
  context.clearRect(0, 0, width, height);
  // The sound may end before the picture does: a column is a time, not a share of the sound.
  const perSecond = peaks.sample_rate / peaks.samples_per_pixel;
  const perColumn = (seconds * perSecond) / width;
  const loudest = peaks.data.reduce((most, value) => Math.max(most, Math.abs(value)), 8);
  for (let column = 0; column < width; column += 1) {
    const first = Math.floor(column * perColumn);
    const last = Math.max(first + 1, Math.floor((column + 1) * perColumn));
    let [least, greatest] = [0, 0];
    for (let place = first; place < last && place < peaks.length; place += 1) {
      least = Math.min(least, peaks.data[2 * place] ?? 0);
      greatest = Math.max(greatest, peaks.data[2 * place + 1] ?? 0);
    }
    const top = (height / 2) * (1 - greatest / loudest);
    const bottom = (height / 2) * (1 - least / loudest);
    context.fillStyle = column / width <= played ? "#1d4e89" : "#9db4cc";
    context.fillRect(column, top, 1, Math.max(bottom - top, scale));
  }
  context.fillStyle = "#cf1322";
  context.fillRect(Math.round(played * width), 0, Math.max(1, scale), height);
}
