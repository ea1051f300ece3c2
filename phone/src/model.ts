/** Doors, people, duties and rounds as the screens see them; and what a door's state is. */

import type { OutboxState } from "./db";

export interface Person {
  id: string;
  name: string;
  sex: string;
  born: number | null;
  relation: string;
  phone: string;
  care: string[];
}

export interface Standing {
  round: string;
  outcome: string;
  fever: boolean;
  outsiders: number;
  at: number | null;
}

export interface Door {
  id: string;
  area: string;
  building: string;
  unit: string;
  floor: number | null;
  room: string;
  persons: Person[];
  standings: Standing[];
}

export interface Area {
  id: string;
  code: string;
  name: string;
  level: number;
  path: string;
}

export interface Question {
  key: string;
  words: string;
  kind: "yes_no" | "number" | "text" | "choice" | "choices" | "date";
  options?: string[];
  required?: boolean;
}

export interface Round {
  id: string;
  name: string;
  purpose: string;
  first: string;
  last: string;
  fever: number;
  questions: Question[];
  paths: string[];
}

export interface Duty {
  district: string;
  id: string;
  kind: string;
  words: string;
  state: string;
  mine: boolean;
  subjectKind: string;
  subject: string | null;
  door: string | null;
  address: string;
  person: string;
  due: number | null;
  priority: number;
  until: number | null;
  details: Record<string, unknown>;
  area: string;
}

export interface Me {
  ref: string;
  name: string;
  username: string;
  roles: string[];
  may: string[];
  paths: string[];
  zone: string;
}

/** What was recorded on this phone, as the screens need it. */
export interface Act {
  id: string;
  at: number;
  state: OutboxState;
  command: string;
  door: string | null;
  round: string | null;
  duty: string | null;
  outcome: string;
  fever: boolean;
  people: number;
  label: string;
  corrects: string | null;
  /** The shift, call, recall, matter, person … that the act is about; nothing more of it here. */
  about?: string | null;
  /** What the screens lay over the server's list until the act has arrived. */
  data?: Record<string, unknown>;
  /** The refused act that this one replaces. */
  mends?: string | null;
  answer: { code: string; message: string; hint: string; result: Record<string, unknown> } | null;
}

export type Row = unknown[];

export function readDoor(row: Row): Door {
  const [id, area, building, unit, floor, room, persons, standings] = row as [
    string, string, string, string, number | null, string, Row[], Row[],
  ];
  return { id, area, building, unit, floor, room, persons: persons.map(readPerson), standings: standings.map(readStanding) };
}

function readPerson(row: Row): Person {
  const [id, name, sex, born, relation, phone, care] = row as [string, string, string, number | null, string, string, string[]];
  return { id, name, sex, born, relation, phone, care };
}

export function readStanding(row: Row): Standing {
  const [round, outcome, fever, outsiders, at] = row as [string, string, number, number, number | null];
  return { round, outcome, fever: fever === 1, outsiders, at: at === null ? null : at * 1000 };
}

export function readDuty(row: Row): Duty {
  const r = row as [
    string, string, string, string, string, number, string, string | null, string | null, string, string,
    number | null, number, number | null, Record<string, unknown>, string,
  ];
  return {
    district: r[0], id: r[1], kind: r[2], words: r[3], state: r[4], mine: r[5] === 1, subjectKind: r[6],
    subject: r[7], door: r[8], address: r[9], person: r[10], due: r[11] === null ? null : r[11] * 1000,
    priority: r[12], until: r[13] === null ? null : r[13] * 1000, details: r[14], area: r[15],
  };
}

export function label(door: Door): string {
  return [door.building, door.unit, door.room].filter(Boolean).join("-");
}

export function districtOf(area: Area | undefined): string {
  return area?.path.split("/")[2] ?? "";
}

/** The looks of a door, as on the console's elevation. */
export type Look = "unvisited" | "fine" | "phone" | "nobody" | "refused" | "fever" | "vacant" | "settled";

export function lookOf(outcome: string, fever: boolean): Look {
  if (fever) return "fever";
  switch (outcome) {
    case "met": return "fine";
    case "by_phone":
    case "self_reported": return "phone";
    case "nobody_home": return "nobody";
    case "refused": return "refused";
    case "vacant":
    case "moved_away": return "vacant";
    case "settled": return "settled";
    default: return "unvisited";
  }
}

/** Nothing is owed any more at a door that looks so. */
export function isDone(look: Look): boolean {
  return look !== "unvisited" && look !== "nobody" && look !== "refused";
}

/** The order of buildings, floors and rooms as people count them. */
export const collator = new Intl.Collator("zh", { numeric: true });

export function byDoor(a: Door, b: Door): number {
  return (
    collator.compare(a.building, b.building) || collator.compare(a.unit, b.unit) ||
    (a.floor ?? 0) - (b.floor ?? 0) || collator.compare(a.room, b.room)
  );
}
