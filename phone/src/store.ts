/** The copy in memory while the phone is unlocked, and its way to and from the database. */

import { decrypt, encrypt } from "./crypto";
import { database, saveSession, session, type OutboxRow, type Session } from "./db";
import {
  type Act, type Area, type Door, type Duty, isDone, type Look, lookOf, type Me, readDoor, readDuty,
  type Round, type Row,
} from "./model";

const BUCKETS = 64;

interface Lists {
  areas: [string, string, string, number, string][];
  rounds: Round[];
  duties: Row[];
  me: Me | null;
  /** What each room adds, by its name. */
  rooms?: Record<string, unknown>;
  cursor: unknown;
}

export interface Changes {
  keep: string[];
  doors: Row[];
  gone: string[];
  gone_persons: string[];
  lines?: [string, Row][];
  areas?: Lists["areas"];
  rounds?: Round[];
  duties?: Row[];
  me?: Me;
  /** Parts of rooms that changed; null takes one away. */
  rooms?: Record<string, unknown>;
}

type View = Omit<Act, "id" | "at" | "state" | "answer">;

class Store {
  key: CryptoKey | null = null;
  read = "";
  session: Session | null = null;
  doors = new Map<string, Door>();
  areas = new Map<string, Area>();
  rounds: Round[] = [];
  duties: Duty[] = [];
  me: Me | null = null;
  cursor: unknown = null;
  /** Everything recorded here that is not forgotten yet, the oldest first. */
  acts = new Map<string, Act>();
  version = 0;
  sync: { busy: boolean; problem: string; offline: boolean } = { busy: false, problem: "", offline: false };

  private rows = new Map<string, Row>();
  private lists: Lists = { areas: [], rounds: [], duties: [], me: null, cursor: null };
  private listeners = new Set<() => void>();
  private actsByDoor = new Map<string, Act[]>();

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  changed(): void {
    this.version++;
    for (const listener of this.listeners) listener();
  }

  get unlocked(): boolean {
    return this.key !== null;
  }

  /** Reads everything with the data key that the PIN opened. */
  async unlock(key: CryptoKey, known: Session): Promise<void> {
    const db = await database();
    this.session = known;
    this.read = known.read ? await decrypt<string>(key, "read", known.read) : "";
    const [numbers, buckets, lists] = await Promise.all([
      db.getAllKeys("buckets"), db.getAll("buckets"), db.get("meta", "lists") as Promise<Uint8Array<ArrayBuffer> | undefined>,
    ]);
    this.rows.clear();
    const opened = await Promise.all(buckets.map((bytes, n) => decrypt<Row[]>(key, `bucket ${numbers[n]}`, bytes)));
    for (const bucket of opened) for (const row of bucket) this.rows.set(row[0] as string, row);
    if (lists) this.lists = await decrypt<Lists>(key, "lists", lists);
    this.key = key;
    this.derive();
    await this.readActs();
    this.changed();
  }

  /** Forgets the key and everything that it opened. */
  lock(): void {
    this.key = null;
    this.read = "";
    this.rows.clear();
    this.lists = { areas: [], rounds: [], duties: [], me: null, cursor: null };
    this.acts.clear();
    this.derive();
    this.changed();
  }

  /** Reads what was recorded here; entries of another key show only that they exist. */
  async readActs(): Promise<void> {
    const rows = await (await database()).getAll("outbox");
    rows.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    this.acts.clear();
    for (const row of rows) {
      let view: View = { command: "", door: null, round: null, duty: null, outcome: "", fever: false, people: 0, label: "", corrects: null };
      if (this.key) view = await decrypt<View>(this.key, row.id, row.view).catch(() => view);
      this.acts.set(row.id, { ...view, id: row.id, at: row.at, state: row.state, answer: row.answer });
    }
    this.indexActs();
  }

  addAct(act: Act): void {
    this.acts.set(act.id, act);
    this.indexActs();
    this.changed();
  }

  /** What a room put on this phone; undefined where it has nothing for its owner. */
  part<T>(room: string): Partial<T> {
    return (this.lists.rooms?.[room] as Partial<T> | null | undefined) ?? {};
  }

  /** The acts about one thing, the oldest first. */
  actsAbout(about: string): Act[] {
    return [...this.acts.values()].filter((a) => a.about === about);
  }

  /** What waits here and the server does not know yet, of these commands. */
  waitingActs(...commands: string[]): Act[] {
    return [...this.acts.values()].filter((a) => (a.state === "waiting" || a.state === "held") && commands.includes(a.command));
  }

  private indexActs(): void {
    this.actsByDoor.clear();
    for (const act of this.acts.values()) {
      if (act.door) this.actsByDoor.set(act.door, [...(this.actsByDoor.get(act.door) ?? []), act]);
    }
  }

  actsAt(door: string): Act[] {
    return this.actsByDoor.get(door) ?? [];
  }

  get waiting(): number {
    let count = 0;
    for (const act of this.acts.values()) if (act.state === "waiting") count++;
    return count;
  }

  /** How a door looks in a round: what the server said, and over it what waits here. */
  look(door: Door, round: string | undefined): Look {
    const standing = door.standings.find((s) => s.round === round);
    let look = standing ? lookOf(standing.outcome, standing.fever) : "unvisited";
    for (const act of this.actsAt(door.id)) {
      if (act.round !== round || act.command !== "household.visit") continue;
      if (act.state !== "waiting" && act.state !== "held") continue;
      const mine = lookOf(act.outcome, act.fever);
      // As on the server: an empty door does not undo a household that was met.
      if (act.corrects || isDone(mine) || !isDone(look)) look = mine;
    }
    return look;
  }

  pending(door: Door): boolean {
    return this.actsAt(door.id).some((a) => a.state === "waiting");
  }

  /** Takes the server's answer in: receipts, changes and cursor in one transaction. */
  async apply(answers: OutboxRow[], changes: Changes | null, cursor: unknown, known: Session): Promise<void> {
    const dirty = new Set<number>();
    if (changes) this.merge(changes, cursor, dirty);
    const key = this.key;
    const packed: [number, Uint8Array<ArrayBuffer>][] = [];
    let lists: Uint8Array<ArrayBuffer> | null = null;
    if (key && changes) {
      const byBucket = new Map<number, Row[]>();
      for (const n of dirty) byBucket.set(n, []);
      if (dirty.size) for (const [id, row] of this.rows) byBucket.get(bucketOf(id))?.push(row);
      for (const [n, rows] of byBucket) packed.push([n, await encrypt(key, `bucket ${n}`, rows)]);
      lists = await encrypt(key, "lists", this.lists);
    }
    const tx = (await database()).transaction(["meta", "buckets", "outbox"], "readwrite", { durability: "strict" });
    for (const row of answers) void tx.objectStore("outbox").put(row);
    for (const [n, bytes] of packed) void tx.objectStore("buckets").put(bytes, n);
    if (lists) void tx.objectStore("meta").put(lists, "lists");
    void tx.objectStore("meta").put(known, "session");
    await tx.done;
    this.session = known;
    for (const row of answers) {
      const act = this.acts.get(row.id);
      if (act) this.acts.set(row.id, { ...act, state: row.state, answer: row.answer });
    }
    this.indexActs();
    if (changes) this.derive();
    this.changed();
  }

  private merge(changes: Changes, cursor: unknown, dirty: Set<number>): void {
    const paths = new Map(this.lists.areas.map((a) => [a[0], a[4]]));
    for (const area of changes.areas ?? []) paths.set(area[0], area[4]);
    const drop = (id: string): void => {
      if (this.rows.delete(id)) dirty.add(bucketOf(id));
    };
    for (const [id, row] of this.rows) {
      const path = paths.get(row[1] as string);
      if (path === undefined || !changes.keep.some((k) => path.startsWith(k))) drop(id);
    }
    changes.gone.forEach(drop);
    const moved = new Set(changes.gone_persons);
    for (const row of changes.doors) for (const person of row[6] as Row[]) moved.add(person[0] as string);
    if (moved.size) {
      for (const [id, row] of this.rows) {
        const persons = row[6] as Row[];
        const stay = persons.filter((p) => !moved.has(p[0] as string));
        if (stay.length === persons.length) continue;
        row[6] = stay;
        dirty.add(bucketOf(id));
      }
    }
    for (const row of changes.doors) {
      this.rows.set(row[0] as string, row);
      dirty.add(bucketOf(row[0] as string));
    }
    for (const [id, standing] of changes.lines ?? []) {
      const row = this.rows.get(id);
      if (!row) continue;
      row[7] = [...(row[7] as Row[]).filter((s) => s[0] !== standing[0]), standing];
      dirty.add(bucketOf(id));
    }
    this.lists = {
      areas: changes.areas ?? this.lists.areas,
      rounds: changes.rounds ?? this.lists.rounds,
      duties: changes.duties ?? this.lists.duties,
      me: changes.me ?? this.lists.me,
      rooms: { ...this.lists.rooms, ...changes.rooms },
      cursor,
    };
  }

  private derive(): void {
    this.doors = new Map([...this.rows].map(([id, row]) => [id, readDoor(row)]));
    this.areas = new Map(this.lists.areas.map(([id, code, name, level, path]) => [id, { id, code, name, level, path }]));
    this.rounds = this.lists.rounds;
    this.duties = this.lists.duties.map(readDuty);
    this.me = this.lists.me;
    this.cursor = this.lists.cursor;
  }

  /** Sets what is known while locked. */
  async keep(known: Session): Promise<void> {
    this.session = known;
    await saveSession(known);
    this.changed();
  }

  async restore(): Promise<void> {
    this.session = await session();
    await this.readActs();
    this.changed();
  }
}

function bucketOf(id: string): number {
  return parseInt(id.slice(-2), 16) % BUCKETS;
}

export const store = new Store();
