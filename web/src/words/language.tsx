import { createContext, useCallback, useContext, useEffect, useMemo, useState } from "react";
import type { ReactNode } from "react";
import { UI } from "./ui";
import type { Key } from "./ui";

export type Language = "zh" | "en";
type Facts = Record<string, string | number>;
type Table = Record<string, readonly [string, string]>;

interface Speaking {
  language: Language;
  setLanguage: (language: Language) => void;
  /** A sentence of the page. */
  say: (key: Key, facts?: Facts) => string;
  /** A sentence that the API sent in both languages. */
  pick: (words: { zh: string; en: string }) => string;
  /** The word for a code; a code that no table knows is shown as it is, never hidden. */
  word: (table: Table, code: string) => string;
}

const STORED = "liuhen.language";
const Context = createContext<Speaking | null>(null);

function remembered(): Language {
  try {
    return localStorage.getItem(STORED) === "en" ? "en" : "zh";
  } catch {
    return "zh"; // storage may be forbidden; the page works without it
  }
}

function filled(sentence: string, facts: Facts): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, set] = useState<Language>(remembered);
  useEffect(() => {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  }, [language]);
  const setLanguage = useCallback((chosen: Language) => {
    set(chosen);
    try {
      localStorage.setItem(STORED, chosen);
    } catch {
      // not remembered, nothing worse
    }
  }, []);
  const speaking = useMemo<Speaking>(() => {
    const place = language === "zh" ? 0 : 1;
    return {
      language,
      setLanguage,
      say: (key, facts = {}) => filled(UI[key][place], facts),
      pick: (words) => words[language],
      word: (table, code) => table[code]?.[place] ?? code,
    };
  }, [language, setLanguage]);
  return <Context value={speaking}>{children}</Context>;
}

export function useWords(): Speaking {
  const speaking = useContext(Context);
  if (speaking === null) throw new Error("No LanguageProvider");
  return speaking;
}
