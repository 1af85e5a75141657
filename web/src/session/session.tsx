import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useMemo } from "react";
import type { ReactNode } from "react";
import { answer, api, ApiProblem, rememberWord } from "../api/client";
import type { Me, Permission } from "../api/client";

export const ME = ["me"] as const;

async function whoAmI(): Promise<Me | null> {
  try {
    const me = await answer(api.GET("/api/me"));
    rememberWord(me);
    return me;
  } catch (problem) {
    if (problem instanceof ApiProblem && problem.status === 401) {
      rememberWord(null);
      return null;
    }
    throw problem;
  }
}

/** Who is logged in: null for nobody. */
export function useMeQuery() {
  return useQuery({ queryKey: ME, queryFn: whoAmI, staleTime: 60_000 });
}

/** Takes over what a log-in answered, and forgets what belonged to anybody before. */
export function useLoggedIn(): (me: Me | null) => void {
  const queries = useQueryClient();
  return (me) => {
    rememberWord(me);
    // Not `clear`: what is on screen would go on showing a question that nobody answers any more.
    queries.setQueryData(ME, me);
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== ME[0] });
  };
}

interface Session {
  me: Me;
  may: (permission: Permission) => boolean;
  /** Whether it reaches the whole bureau: for what holds for all of it, such as the calendar. */
  mayEverywhere: (permission: Permission) => boolean;
}

const Context = createContext<Session | null>(null);

export function SessionProvider({ me, children }: { me: Me; children: ReactNode }) {
  const session = useMemo<Session>(() => {
    const held = new Set<string>(me.permissions);
    const everywhere = new Set<string>(me.everywhere);
    return {
      me,
      may: (permission) => held.has(permission),
      mayEverywhere: (permission) => everywhere.has(permission),
    };
  }, [me]);
  return <Context value={session}>{children}</Context>;
}

export function useSession(): Session {
  const session = useContext(Context);
  if (session === null) throw new Error("Nobody is logged in here");
  return session;
}
