/** Speaks with the server: log-in, entries up, receipts and changes down. */

import { encrypt, newDataKey, unwrap } from "./crypto";
import { watchClock } from "./clock";
import { database, type OutboxRow, type Session, wipe } from "./db";
import { store, type Changes } from "./store";
import { language } from "./words";

const AT_ONCE = 100;
const BYTES_AT_ONCE = 1_500_000;
const KEEP_SENT = 48 * 3600_000;
const PATIENCE = 30_000;
export const VERSION = "1";

export class Problem extends Error {
  constructor(readonly code: string, message: string, readonly hint: string) {
    super(message);
  }
}

/** The server was not reached; what waits stays where it is. */
export class Offline extends Error {}

interface Receipt {
  id: string;
  status: "accepted" | "repeated" | "held" | "refused";
  first?: "accepted" | "held" | "refused";
  problem?: { code: string; message: string; hint: string };
  result?: Record<string, unknown>;
}

interface Reply {
  server_clock: string;
  receipts: Receipt[];
  state: "ok" | "locked" | "lost" | "shut";
  lease?: string;
  changes?: Changes;
  cursor?: unknown;
  more?: boolean;
}

export async function post<T>(path: string, body: unknown, token: string): Promise<T> {
  const headers: Record<string, string> = { "Content-Type": "application/json", "Accept-Language": language() };
  if (token) headers["Authorization"] = `Device ${token}`;
  let content: BodyInit = JSON.stringify(body);
  if (typeof CompressionStream !== "undefined" && content.length > 1_000) {
    const stream = new Blob([content]).stream().pipeThrough(new CompressionStream("gzip"));
    content = await new Response(stream).blob();
    headers["Content-Encoding"] = "gzip";
  }
  let response: Response;
  let text: string;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    response = await fetch(path, {
      method: "POST", body: content, headers, credentials: "omit", cache: "no-store", signal: stop.signal,
    });
    text = await response.text();
  } catch {
    throw new Offline();
  } finally {
    clearTimeout(timer);
  }
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    // Something between us and the server answered: a captive portal, a proxy that is down.
    throw new Offline();
  }
  if (response.ok) return answer as T;
  const problem = answer as { code?: string; title?: string; detail?: string };
  if (response.status >= 500) throw new Offline();
  throw new Problem(problem.code ?? "", problem.title ?? "", problem.detail ?? "");
}

interface LoginReply {
  device: string;
  up: string;
  read: string;
  share: string;
  server_key: string;
  account: { id: string; name: string };
  lease: string;
  server_clock: string;
}

/** What a log-in gave, until a PIN has been typed. */
export interface Entered extends LoginReply {
  /** The store of before can be opened again with the PIN of before. */
  same: boolean;
}

export interface Credentials {
  username?: string;
  password?: string;
  code?: string;
  link?: string;
}

/** Logs in. Throws Problem or Offline. */
export async function login(credentials: Credentials): Promise<Entered> {
  const known = store.session;
  const body: Record<string, unknown> = { ...credentials, name: phoneName() };
  if (known) Object.assign(body, { device: known.device, up: known.up });
  const reply = await post<LoginReply>("/sync/login", body, "");
  const same = known !== null && known.device === reply.device && known.wrapped !== null;
  if (known && known.device === reply.device) {
    // The secret for sending is fresh; the outbox must not go on with the old one.
    await store.keep({ ...known, up: reply.up, ended: "" });
  }
  return { ...reply, same };
}

function phoneName(): string {
  const found = /\(([^)]*)\)/.exec(navigator.userAgent);
  return (found?.[1] ?? "").split(";").slice(-2).join(" ").trim().slice(0, 80);
}

function leaseOf(reply: { lease?: string; server_clock: string }): number {
  return reply.lease ? Date.now() + Date.parse(reply.lease) - Date.parse(reply.server_clock) : 0;
}

/** Opens the store after a log-in, with the PIN of before or a new one. */
export async function begin(entered: Entered, pin: string, fresh: boolean): Promise<void> {
  const before = store.session;
  let key: CryptoKey;
  let wrapped;
  if (!fresh && before?.wrapped) {
    wrapped = before.wrapped;
    key = await unwrap(pin, entered.share, wrapped);
  } else {
    await wipe();
    if (before && before.device !== entered.device) {
      await (await database()).put("senders", { device: before.device, up: before.up });
    }
    ({ key, wrapped } = await newDataKey(pin, entered.share));
  }
  const known: Session = {
    device: entered.device, up: entered.up, serverKey: entered.server_key, share: entered.share, wrapped,
    read: await encrypt(key, "read", entered.read), lease: leaseOf(entered), tries: 0, name: entered.account.name,
    lastContact: before?.device === entered.device ? before.lastContact : 0, ended: "",
  };
  await store.keep(known);
  await store.unlock(key, known);
  void navigator.storage?.persist?.();
  void syncNow();
}

export type Unlocked = "open" | "wrong" | "over";

/** Opens the store with the PIN alone, as long as the lease lasts. */
export async function unlockWith(pin: string): Promise<Unlocked> {
  const known = store.session;
  if (!known?.wrapped || !known.share || (await leaseOver())) return "over";
  try {
    const key = await unwrap(pin, known.share, known.wrapped);
    await store.keep({ ...known, tries: 0 });
    await store.unlock(key, store.session ?? known);
    void syncNow();
    return "open";
  } catch {
    const tries = known.tries + 1;
    // After five wrong PINs only a log-in brings the share back.
    await store.keep({ ...known, tries, share: tries >= 5 ? null : known.share });
    return tries >= 5 ? "over" : "wrong";
  }
}

/** Throws the share away when the lease is over; tells whether it is. */
export async function leaseOver(): Promise<boolean> {
  const known = store.session;
  if (!known || (known.share && Date.now() < known.lease)) return !known?.share;
  if (known.share) await store.keep({ ...known, share: null });
  if (store.unlocked) store.lock();
  return true;
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Syncs soon, so that a row of visits goes up together. */
export function scheduleSync(after = 2_000): void {
  clearTimeout(timer);
  timer = setTimeout(() => void syncNow(), after);
}

let running: Promise<void> | null = null;

/** Sends what waits and fetches what changed; never more than one at a time. */
export function syncNow(): Promise<void> {
  running ??= run().finally(() => {
    running = null;
    if (store.waiting && !store.sync.offline && !store.sync.problem) scheduleSync();
  });
  return running;
}

async function run(): Promise<void> {
  if (!store.session) return;
  store.sync = { busy: true, problem: "", offline: false };
  store.changed();
  try {
    await watchClock();
    await sendForOthers();
    await sendOwn();
    store.sync = { busy: false, problem: "", offline: false };
  } catch (error) {
    const problem = error instanceof Problem ? error.message : error instanceof Offline ? "" : String(error);
    store.sync = { busy: false, problem, offline: error instanceof Offline };
  }
  await forget();
  store.changed();
}

async function waitingOf(device: string): Promise<OutboxRow[]> {
  const rows = await (await database()).getAllFromIndex("outbox", "state", "waiting");
  return rows.filter((r) => r.device === device).sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

/** Takes as many as go at once, and none whose forerunner is among them. */
function portion(rows: OutboxRow[]): OutboxRow[] {
  const taken: OutboxRow[] = [];
  const ids = new Set<string>();
  let bytes = 0;
  for (const row of rows) {
    bytes += row.sealed.length;
    // Photos are large; one at least always goes.
    if (taken.length === AT_ONCE || (taken.length && bytes > BYTES_AT_ONCE) || (row.after && ids.has(row.after))) break;
    taken.push(row);
    ids.add(row.id);
  }
  return taken;
}

async function send(device: string, up: string, read: string, rows: OutboxRow[], waiting: number): Promise<Reply> {
  return post<Reply>(
    "/sync",
    {
      device_clock: new Date().toISOString(),
      entries: rows.map((r) => ({ id: r.id, sealed: r.sealed, skew_ms: r.skew })),
      cursor: read ? store.cursor : null,
      waiting,
      version: VERSION,
    },
    `${device}.${up}.${read}`,
  );
}

function answered(rows: OutboxRow[], receipts: Receipt[]): OutboxRow[] {
  const byId = new Map(receipts.map((r) => [r.id, r]));
  return rows.flatMap((row) => {
    const receipt = byId.get(row.id);
    if (!receipt) return [];
    const status = receipt.status === "repeated" ? (receipt.first ?? "accepted") : receipt.status;
    const state = status === "accepted" ? "sent" : status;
    const { code = "", message = "", hint = "" } = receipt.problem ?? {};
    const answer = { code, message, hint, result: receipt.result ?? {} };
    return [{ ...row, sealed: "", state, answer, answeredAt: Date.now() } satisfies OutboxRow];
  });
}

async function sendOwn(): Promise<void> {
  for (;;) {
    const known = store.session;
    if (!known) return;
    const read = store.unlocked ? store.read : "";
    const rows = await waitingOf(known.device);
    const part = portion(rows);
    if (!part.length && !read) return;
    const reply = await send(known.device, known.up, read, part, rows.length - part.length);
    const now = store.session ?? known;
    const next = { ...now, lastContact: Date.now(), lease: reply.lease ? leaseOf(reply) : now.lease };
    if (reply.state === "lost" || reply.state === "shut") {
      await store.apply(answered(part, reply.receipts), null, null, { ...next, ended: reply.state });
      await wipe();
      await store.restore();
      store.lock();
      if (rows.length > part.length) continue;
      return;
    }
    // The screen may have been locked meanwhile; then only the receipts are taken.
    const changes = store.unlocked && reply.changes ? reply.changes : null;
    await store.apply(answered(part, reply.receipts), changes, reply.cursor, next);
    if (rows.length <= part.length && !reply.more) return;
  }
}

/** Sends what was recorded here under another log-in. */
async function sendForOthers(): Promise<void> {
  const db = await database();
  for (const sender of await db.getAll("senders")) {
    if (sender.device === store.session?.device) continue;
    for (;;) {
      const part = portion(await waitingOf(sender.device));
      if (!part.length) {
        await db.delete("senders", sender.device);
        break;
      }
      const reply = await send(sender.device, sender.up, "", part, 0);
      const tx = db.transaction("outbox", "readwrite");
      for (const row of answered(part, reply.receipts)) void tx.store.put(row);
      await tx.done;
      await store.readActs();
    }
  }
}

/** Forgets what was sent two days ago; refused and held ones stay a week to be read. */
async function forget(): Promise<void> {
  const tx = (await database()).transaction("outbox", "readwrite");
  for await (const cursor of tx.store) {
    const { state, answeredAt } = cursor.value;
    if (!answeredAt || state === "waiting") continue;
    const age = Date.now() - answeredAt;
    if (age > (state === "sent" ? KEEP_SENT : 7 * 24 * 3600_000)) {
      store.acts.delete(cursor.value.id);
      await cursor.delete();
    }
  }
  await tx.done;
}
