/** Posts and passages: which vehicle, who sat in it before, and what the filter of the shift says. */

import { decrypt, encrypt, fromBase64 } from "./crypto";
import { database, saveSetting, setting } from "./db";
import type { Act } from "./model";
import { record } from "./outbox";
import { store } from "./store";
import { post as ask } from "./sync";
import generated from "./generated/words.json";

export interface Known {
  plate: string;
  from: string;
  to: string;
  people: number;
  travellers: Traveller[];
}

/** Somebody whom the post remembers: name and number as far as I may see them. */
export interface Traveller {
  id: string;
  name: string;
  phone: string;
}

export interface Post {
  district: string;
  id: string;
  name: string;
  kind: string;
  area: string;
  path: string;
  /** Tenths of °C from which a reading is a fever here. */
  fever: number;
  vehicles: [string, string, string, number, [string, string, string][]][];
  places: string[];
}

export function posts(): Post[] {
  return store.part<{ posts: Post[] }>("stations").posts ?? [];
}

const HERE = "lianfang-post";

/** The post at which I stand: kept for the next time, it says nothing about anybody. */
export function herePost(): Post | undefined {
  const all = posts();
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(HERE);
  } catch {
    // Without it, the post is chosen once more.
  }
  return all.find((p) => p.id === kept) ?? (all.length === 1 ? all[0] : undefined);
}

export function standAt(id: string): void {
  try {
    localStorage.setItem(HERE, id);
  } catch {
    // As above.
  }
  store.changed();
}

export const PROVINCES = generated.provinces;
export const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ";
export const ENDINGS = generated.plate_endings;

/** A shape of plate that can be told complete; the server knows all of them (stations/plate_rules.py). */
export function plateLooks(plate: string): "empty" | "part" | "whole" {
  if (!plate) return "empty";
  const [head = "", city = "", ...rest] = [...plate];
  if (!PROVINCES.includes(head)) return plate.length >= 6 ? "whole" : "part";
  if (!LETTERS.includes(city)) return "part";
  return rest.length >= 5 ? "whole" : "part";
}

/** Whether an eighth place may follow: electric vehicles have a letter at the third or the last place. */
export function mayBeLonger(plate: string): boolean {
  return plate.length === 7 && /[A-HJK]/.test(plate[2] ?? "");
}

/** Whether it most likely is: D and F are the letters of electric vehicles; the others came much later. */
export function likelyLonger(plate: string): boolean {
  return plate.length === 7 && /[DF]/.test(plate[2] ?? "");
}

/** The province and city with which most plates here begin, so that two taps are saved. */
export function usualHead(post: Post): string {
  const counts = new Map<string, number>();
  for (const known of remembered(post)) {
    const head = known.plate.slice(0, 2);
    counts.set(head, (counts.get(head) ?? 0) + 1);
  }
  let best = "";
  for (const [head, n] of counts) if (n > (counts.get(best) ?? 0)) best = head;
  return best || (generated.province_of as Record<string, string>)[post.path.slice(0, 2)] || "";
}

/** Passages that were recorded here at a post, the latest first. */
export function passagesAt(post: string): Act[] {
  return [...store.acts.values()].filter((a) => a.command === "passage.record" && a.about === post && a.state !== "refused").reverse();
}

/** What the post remembers: of this phone first, then what the server told. */
export function remembered(post: Post): Known[] {
  const found = new Map<string, Known>();
  for (const act of passagesAt(post.id)) {
    const { plate, from, to, people } = (act.data ?? {}) as { plate?: string; from?: string; to?: string; people?: number };
    if (!plate || found.has(plate)) continue;
    const told = (act.answer?.result["travellers"] ?? []) as { traveller_id: string }[];
    const travellers = told.map((line) => ({ id: line.traveller_id, name: "", phone: "" }));
    found.set(plate, { plate, from: from ?? "", to: to ?? "", people: people ?? 1, travellers });
  }
  for (const [plate, from, to, people, lines] of post.vehicles) {
    const travellers = lines.map(([id, name, phone]) => ({ id, name, phone }));
    const newer = found.get(plate);
    if (!newer) found.set(plate, { plate, from, to, people, travellers });
    else if (travellers.length) newer.travellers = travellers;
  }
  return [...found.values()];
}

/** Plates that the typed characters may be the beginning or any part of. */
export function suggestions(post: Post, typed: string, head: string): Known[] {
  const wanted = typed.startsWith(head) ? typed.slice(head.length) : typed;
  const all = remembered(post);
  if (!wanted) return all.slice(0, 4);
  return all.filter((k) => k.plate.startsWith(typed) || k.plate.slice(1).includes(wanted)).slice(0, 4);
}

export interface Line {
  traveller: string | null;
  tenths: string;
}

export interface Passage {
  plate: string;
  other: boolean;
  direction: "in" | "out";
  from: string;
  to: string;
  phone: string;
  lines: Line[];
}

/** Records a passage. The number goes into the sealed entry only, not into what the screens keep. */
export function recordPassage(post: Post, passage: Passage): Promise<string> {
  const travellers = passage.lines.map((line, n) => ({
    ...(line.traveller ? { traveller_id: line.traveller } : n === 0 && passage.phone ? { phone: passage.phone } : {}),
    ...(line.tenths ? { temperature: `${line.tenths.slice(0, 2)}.${line.tenths.slice(2)}` } : {}),
  }));
  const fever = passage.lines.some((l) => Number(l.tenths) >= post.fever);
  return record({
    command: "passage.record",
    district: post.district,
    payload: {
      post_id: post.id, plate: passage.plate, direction: passage.direction, from_place: passage.from, to_place: passage.to,
      travellers, ...(passage.other ? { other_plate: true } : {}),
    },
    view: {
      about: post.id, label: passage.plate || post.name, people: passage.lines.length, fever,
      data: { plate: passage.plate, from: passage.from, to: passage.to, people: passage.lines.length },
    },
  });
}

interface Filter {
  post: string;
  until: number;
  salt: string;
  bits: number;
  hashes: number;
  data: string;
}

let held: { filter: Filter; key: CryptoKey; bytes: Uint8Array } | null = null;

/** Until when there is a filter for this post on the phone; null without one. It dies by its own clock. */
export async function filterUntil(post: string): Promise<number | null> {
  if (!store.key) {
    held = null;
    return null;
  }
  if (!held) {
    const packed = await setting<Uint8Array<ArrayBuffer>>("filter");
    const filter = packed ? await decrypt<Filter>(store.key, "filter", packed).catch(() => null) : null;
    if (filter) held = await opened(filter);
  }
  if (held && held.filter.until <= Date.now()) await dropFilter();
  return held?.filter.post === post ? held.filter.until : null;
}

async function opened(filter: Filter): Promise<NonNullable<typeof held>> {
  const key = await crypto.subtle.importKey("raw", fromBase64(filter.salt), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return { filter, key, bytes: fromBase64(filter.data) };
}

export async function dropFilter(): Promise<void> {
  held = null;
  await (await database()).delete("meta", "filter");
}

/** Takes the filter of this shift, where there is a network and none is here yet. Returns until when it lasts. */
export async function takeFilter(post: Post, until: number | null): Promise<number | null> {
  const known = await filterUntil(post.id);
  const session = store.session;
  if (known || !store.key || !session) return known;
  const body = {
    post_id: post.id, district: post.district, device_clock: new Date().toISOString(),
    ...(until && until > Date.now() ? { until: new Date(until).toISOString() } : {}),
  };
  try {
    const got = await ask<Omit<Filter, "post" | "until"> & { lasts: number }>("/sync/filter", body, `${session.device}.${session.up}.${store.read}`);
    const filter = { post: post.id, until: Date.now() + got.lasts * 1000, salt: got.salt, bits: got.bits, hashes: got.hashes, data: got.data };
    await saveSetting("filter", await encrypt(store.key, "filter", filter));
    held = await opened(filter);
    return filter.until;
  } catch {
    return null;
  }
}

/** Asks the filter: as stations/filter_rules.py defines it. True means "call the desk", and nothing more. */
export async function askFilter(post: string, kind: "phone" | "plate", value: string): Promise<boolean> {
  if (!value || !(await filterUntil(post)) || !held) return false;
  const digest = new DataView(await crypto.subtle.sign("HMAC", held.key, new TextEncoder().encode(`${kind}:${value}`)));
  const bits = BigInt(held.filter.bits);
  const first = digest.getBigUint64(0);
  const step = digest.getBigUint64(8) | 1n;
  for (let i = 0n; i < BigInt(held.filter.hashes); i++) {
    const place = Number((first + i * step) % bits);
    if (!((held.bytes[place >> 3]! >> (place & 7)) & 1)) return false;
  }
  return true;
}

/** Passages of the last hour for which the server says, after the fact, that the desk shall be called. */
export function toCall(post: string): Act[] {
  const lately = Date.now() - 3600_000;
  return passagesAt(post).filter((a) => a.at > lately && a.answer?.result["call_desk"] === true);
}

