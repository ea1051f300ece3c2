/** The phone's database: what survives a reload, a kill and an update of the app. */

import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Wrapped } from "./crypto";

type Bytes = Uint8Array<ArrayBuffer>;

/** What is known while the store is locked. */
export interface Session {
  device: string;
  up: string;
  serverKey: string;
  share: string | null;
  wrapped: Wrapped | null;
  /** The secret for reading, encrypted under the data key. */
  read: Bytes | null;
  /** Until when the share may stay, by this phone's clock, in ms. */
  lease: number;
  tries: number;
  name: string;
  lastContact: number;
  /** "lost" or "shut" once the server has said so. */
  ended: string;
}

export type OutboxState = "waiting" | "sent" | "refused" | "held";

/** An entry that was recorded here. Sealed until the server has it; `view` is for the screen. */
export interface OutboxRow {
  id: string;
  device: string;
  at: number;
  sealed: string;
  skew: number;
  state: OutboxState;
  /** An entry that must be on the server before this one. */
  after: string | null;
  view: Bytes;
  answer: Answer | null;
  answeredAt: number | null;
}

export interface Answer {
  code: string;
  message: string;
  hint: string;
  result: Record<string, unknown>;
}

interface Schema extends DBSchema {
  meta: { key: string; value: unknown };
  buckets: { key: number; value: Bytes };
  outbox: { key: string; value: OutboxRow; indexes: { state: OutboxState } };
  /** Secrets for sending of devices that this phone was before; kept while they have entries. */
  senders: { key: string; value: { device: string; up: string } };
}

export type Database = IDBPDatabase<Schema>;

let opened: Promise<Database> | null = null;

export function database(): Promise<Database> {
  opened ??= openDB<Schema>("lianfang", 1, {
    upgrade(db) {
      db.createObjectStore("meta");
      db.createObjectStore("buckets");
      db.createObjectStore("outbox", { keyPath: "id" }).createIndex("state", "state");
      db.createObjectStore("senders", { keyPath: "device" });
    },
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      opened = null;
    },
  });
  return opened;
}

export async function session(): Promise<Session | null> {
  return ((await (await database()).get("meta", "session")) as Session | undefined) ?? null;
}

export async function saveSession(value: Session): Promise<void> {
  await (await database()).put("meta", value, "session");
}

export async function setting<T>(name: string): Promise<T | undefined> {
  return (await (await database()).get("meta", name)) as T | undefined;
}

export async function saveSetting(name: string, value: unknown): Promise<void> {
  await (await database()).put("meta", value, name);
}

/** Destroys the copy and the key to it; the outbox stays until it has been sent. */
export async function wipe(): Promise<void> {
  const tx = (await database()).transaction(["meta", "buckets"], "readwrite");
  const meta = tx.objectStore("meta");
  const known = (await meta.get("session")) as Session | undefined;
  if (known) await meta.put({ ...known, share: null, wrapped: null, read: null }, "session");
  await meta.delete("lists");
  await meta.delete("filter");
  await tx.objectStore("buckets").clear();
  await tx.done;
}
