import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useTroubleWords } from "../parts/Trouble";

const CASE_KEYS = ["cases", "case", "action", "inbox", "findings", "proposals", "recording-cases", "holds", "hold", "retention", "disposals", "recording", "grants", "supervision", "policies"];
const KEYS = ["users", "units", "logins", "me", "persons", "rosters", "devices", "holders", "ratio", "places", ...CASE_KEYS];

/** A change to people, units, log-ins or devices: says what went wrong, and has all read anew. */
export function useDoing<Given, Got>(act: (given: Given) => Promise<Got>, done?: (got: Got) => void) {
  const queries = useQueryClient();
  const { message } = App.useApp();
  const trouble = useTroubleWords();
  return useMutation({
    mutationFn: act,
    onSuccess: (got) => done?.(got),
    onError: (problem) => void message.error(trouble(problem), 6),
    onSettled: () => {
      for (const key of KEYS) {
        void queries.invalidateQueries({ queryKey: [key] });
      }
    },
  });
}
