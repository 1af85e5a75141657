import { useEffect, useState } from "react";
import type { Docks } from "../api/client";

/** How long the stream may be silent before the board counts as stale; the service beats every 5 s. */
const SILENCE_MS = 12_000;
const AGAIN_MS = 2_000;

export interface Board {
  docks: Docks["docks"] | null;
  /** Whether what is shown is so now. */
  live: boolean;
  /** When the service was last heard of. */
  heardAt: Date | null;
}

/**
 * The docks as they change. A connection that breaks, and one that has only fallen silent (a cable
 * that was pulled closes nothing), both make the board stale at once; it is tried again for ever.
 */
export function useBoard(onRefused: () => void): Board {
  const [board, setBoard] = useState<Board>({ docks: null, live: false, heardAt: null });
  useEffect(() => {
    let source: EventSource | null = null;
    let silence: number | undefined;
    let again: number | undefined;

    const lose = () => {
      window.clearTimeout(silence);
      source?.close();
      source = null;
      setBoard((before) => ({ ...before, live: false }));
      window.clearTimeout(again);
      again = window.setTimeout(open, AGAIN_MS);
    };
    const heard = () => {
      window.clearTimeout(silence);
      silence = window.setTimeout(lose, SILENCE_MS);
    };
    const open = () => {
      source = new EventSource("/api/docks/events");
      heard();
      source.addEventListener("docks", (event: MessageEvent<string>) => {
        heard();
        const { docks } = JSON.parse(event.data) as Docks;
        setBoard({ docks, live: true, heardAt: new Date() });
      });
      source.addEventListener("beat", () => {
        heard();
        setBoard((before) => ({ ...before, heardAt: new Date() }));
      });
      // The reason of an error is not told to a page: whether the session has ended is asked apart.
      source.onerror = () => {
        lose();
        onRefused();
      };
    };
    open();
    return () => {
      window.clearTimeout(silence);
      window.clearTimeout(again);
      source?.close();
    };
  }, [onRefused]);
  return board;
}
