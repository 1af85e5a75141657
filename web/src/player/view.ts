import { useCallback, useEffect, useRef, useState } from "react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api, changeHeaders } from "../api/client";
import type { ViewOpened } from "../api/client";

/** Tells the service that a look is over; outlives the page, so that leaving it counts too. */
function endView(id: string): void {
  void fetch(`/api/views/${id}/end`, {
    method: "POST",
    keepalive: true,
    headers: changeHeaders(),
  }).catch(() => undefined); // the service ends a look by itself that rests too long
}

export interface Viewing {
  view: ViewOpened | null;
  open: () => void;
  /** This look has shown something. */
  answered: (view: string) => void;
  /**
   * A look answers 404. One that has shown something rested too long: a new one is opened. One that
   * never did lacks its file, and looks without end must not be put on record for that.
   */
  renew: (stale: string) => void;
  /** The look has nothing to show. */
  barren: boolean;
  opening: boolean;
  renewed: boolean;
  problem: unknown;
}

/** One person's look at one recording's preview: opened when asked for, ended on leaving. */
export function useViewing(recording: string): Viewing {
  const queries = useQueryClient();
  const [view, setView] = useState<ViewOpened | null>(null);
  const [renewed, setRenewed] = useState(false);
  const [barren, setBarren] = useState(false);
  const current = useRef<string | null>(null);
  const showed = useRef<string | null>(null);
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      answer(
        api.POST("/api/recordings/{recording}/preview", { params: { path: { recording } } }),
      ),
    onSuccess: (opened) => {
      current.current = opened.id;
      setView(opened);
      void queries.invalidateQueries({ queryKey: ["looks", recording] });
      void queries.invalidateQueries({ queryKey: ["custody", recording] });
    },
  });
  const open = useCallback(() => mutate(), [mutate]);
  const renew = useCallback(
    (stale: string) => {
      if (current.current !== stale) return; // several requests fail at once; one new look will do
      if (showed.current !== stale) {
        setBarren(true);
        return;
      }
      current.current = null;
      setRenewed(true);
      mutate();
    },
    [mutate],
  );
  const answered = useCallback((id: string) => {
    showed.current = id;
  }, []);
  useEffect(() => {
    const leave = () => {
      if (current.current) endView(current.current);
    };
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
      current.current = null;
    };
  }, []);
  return { view, open, answered, renew, barren, opening: isPending, renewed, problem: error };
}
