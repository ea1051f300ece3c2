/** The words of the app, from the server's gettext catalogues (scripts/phone_words.py). */

import generated from "./generated/words.json";

export type Key = keyof typeof generated.words;
export type Language = "zh" | "en";

const LANGUAGE = "lianfang-language";
let current: Language = read();

function read(): Language {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(LANGUAGE);
  } catch {
    // A WebView without storage for addresses: the phone's language then.
  }
  if (kept === "zh" || kept === "en") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** Returns the language as the server is told it. */
export function language(): string {
  return current === "zh" ? "zh-hans" : "en";
}

export function lang(): Language {
  return current;
}

export function setLanguage(to: Language): void {
  current = to;
  try {
    localStorage.setItem(LANGUAGE, to);
  } catch {
    // As above.
  }
  document.documentElement.lang = to === "zh" ? "zh-Hans" : "en";
}

/** Returns the words of `key`, with {names} filled in. */
export function t(key: Key, params: Record<string, string | number> = {}): string {
  return fill(generated.words[key][current], params);
}

function fill(text: string, params: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/** Returns the words of a value that comes from the server, such as an outcome or a symptom. */
export function word(group: string, value: string): string {
  const table = generated.words as Record<string, Record<Language, string>>;
  return table[`${group}.${value}`]?.[current] ?? value;
}

export const icons: Record<string, string> = generated.icons;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${current} ${name}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(current === "zh" ? "zh-CN" : "en-GB", options)));
  return found;
}

/** Returns a time of today as 08:30, of another day with its date. */
export function when(at: number): string {
  const today = new Date().toDateString() === new Date(at).toDateString();
  const time = format("time", { hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
  return today ? time : `${format("day", { month: "numeric", day: "numeric" }).format(at)} ${time}`;
}

export function day(at: number): string {
  return format("long", { month: "long", day: "numeric", weekday: "long" }).format(at);
}
