/** Checks of those under watch: what is owed now, by what the server told and what waits here. */

import type { Act } from "./model";
import { record } from "./outbox";
import { store } from "./store";

interface Row {
  district: string;
  id: string;
  name: string;
  door: string | null;
  label: string;
  area: string;
  from: string;
  until: string;
  unwell: number;
  missed: number;
  left: number;
  slots: [number, number, number][];
}

export interface Watch {
  district: string;
  id: string;
  name: string;
  label: string;
  area: string;
  day: number;
  days: number;
  unwell: boolean;
  missed: number;
  left: boolean;
  /** The check that is owed next: when it may be made, and by when; null when none is known. */
  opens: number | null;
  due: number | null;
  waits: boolean;
}

/** A household or a room with those who are checked there. */
export interface Place {
  key: string;
  label: string;
  area: string;
  watches: Watch[];
}

/** Fever from 37.3 °C on, in tenths; the server says the same (watching/rules.py). */
export const FEVER = 373;

const DAY = 86_400_000;

function acts(id: string): Act[] {
  return store.actsAbout(id).filter((a) => a.state !== "refused");
}

function watchOf(row: Row): Watch {
  const mine = acts(row.id);
  const answered = mine.filter((a) => a.outcome !== "check.absent");
  // A check answers the slot into which it falls, also one that the server has not heard of yet.
  const owed = row.slots.filter(([opens, , closes]) => closes * 1000 > Date.now() && !answered.some((a) => a.at >= opens * 1000 && a.at < closes * 1000));
  const next = owed[0];
  const last = mine.at(-1);
  const start = Date.parse(row.from);
  const days = Math.round((Date.parse(row.until) - start) / DAY);
  const waiting = mine.filter((a) => a.state === "waiting").at(-1);
  return {
    district: row.district, id: row.id, name: row.name, label: row.label, area: row.area,
    day: Math.max(1, Math.min(days, Math.floor((Date.now() - start) / DAY) + 1)), days,
    unwell: waiting ? waiting.outcome === "check.fever" || waiting.outcome === "check.ill" : row.unwell === 1,
    missed: row.missed, left: last?.outcome === "check.absent" || (row.left === 1 && !answered.some((a) => a.state === "waiting")),
    opens: next ? next[0] * 1000 : null, due: next ? next[1] * 1000 : null, waits: waiting !== undefined,
  };
}

export function watches(): Watch[] {
  return (store.part<{ watches: Row[] }>("watching").watches ?? []).map(watchOf);
}

export function places(): Place[] {
  const found = new Map<string, Place>();
  for (const watch of watches()) {
    const key = `${watch.area}|${watch.label || watch.id}`;
    let place = found.get(key);
    if (!place) found.set(key, (place = { key, label: watch.label, area: watch.area, watches: [] }));
    place.watches.push(watch);
  }
  return [...found.values()];
}

export type Stand = "late" | "now" | "later" | "done";

export function standOf(watch: Watch): Stand {
  const now = Date.now();
  if (watch.opens === null || watch.due === null) return "done";
  return watch.due < now ? "late" : watch.opens <= now ? "now" : "later";
}

export type Found = { normal: true } | { tenths: string; symptoms: string[] } | { absent: true };

/** Records one check; what it found stays in the sealed entry, the screens keep only how it went. */
export function check(watch: Watch, found: Found): Promise<string> {
  const payload: Record<string, unknown> = { watch_id: watch.id };
  let outcome = "check.normal";
  if ("absent" in found) {
    payload["absent"] = true;
    outcome = "check.absent";
  } else if ("normal" in found) payload["normal"] = true;
  else {
    if (found.tenths) payload["temperature"] = `${found.tenths.slice(0, 2)}.${found.tenths.slice(2)}`;
    if (found.symptoms.length) payload["symptoms"] = found.symptoms;
    outcome = Number(found.tenths) >= FEVER ? "check.fever" : found.symptoms.length ? "check.ill" : "check.normal";
  }
  return record({
    command: "watch.check", district: watch.district, payload,
    view: { about: watch.id, label: watch.label || watch.name, outcome, fever: outcome === "check.fever" },
  });
}
