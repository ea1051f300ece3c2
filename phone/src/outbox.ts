/** Records acts: first into the database of the phone, then, when there is a network, away. */

import { encrypt, seal } from "./crypto";
import { watchClock } from "./clock";
import { database, type OutboxRow } from "./db";
import { districtOf, type Act, type Door } from "./model";
import { store } from "./store";
import { scheduleSync } from "./sync";
import { newId } from "./uuid";

export interface Recording {
  command: string;
  payload: Record<string, unknown>;
  district: string;
  view: Partial<Omit<Act, "id" | "at" | "state" | "answer" | "command">>;
  /** The refused entry that this one replaces. */
  mends?: string | undefined;
  /** A JPEG in base64 that goes along, sealed with the rest; it is not kept for the screens. */
  photo?: string | undefined;
  /** An entry that has to be on the server first. */
  after?: string | null;
}

/** Writes an act down so that it survives whatever happens next; returns its id. */
export async function record(what: Recording): Promise<string> {
  const { key, session } = store;
  if (!key || !session) throw new Error("locked");
  await watchClock();
  const at = Date.now();
  const id = newId(at);
  const view = {
    command: what.command, door: null, round: null, duty: null, outcome: "", fever: false, people: 0, label: "",
    corrects: null, ...what.view, ...(what.mends ? { mends: what.mends } : {}),
  };
  const content: Record<string, unknown> = {
    command: what.command, payload: what.payload, district: what.district, device_at: new Date(at).toISOString(),
  };
  if (what.mends) content["mends"] = what.mends;
  if (what.photo) content["photo"] = what.photo;
  const [sealed, hidden] = await Promise.all([seal(id, content, session.serverKey), encrypt(key, id, view)]);
  const row: OutboxRow = {
    id, device: session.device, at, sealed, skew: 0, state: "waiting", after: what.after ?? null, view: hidden,
    answer: null, answeredAt: null,
  };
  const tx = (await database()).transaction("outbox", "readwrite", { durability: "strict" });
  await Promise.all([tx.store.add(row), tx.done]);
  store.addAct({ ...view, id, at, state: "waiting", answer: null });
  scheduleSync();
  return id;
}

export interface VisitForm {
  outcome: string;
  allNormal?: boolean;
  readings?: { person_id: string; temperature?: string; symptoms?: string[]; absent?: boolean }[];
  outsiders?: { from_area: string; since: string | null; persons: number }[];
  answers?: Record<string, unknown>;
  note?: string;
  fever?: boolean;
  corrects?: string | null;
  mends?: string | undefined;
}

/** Records a visit to a door in a round. */
export function recordVisit(door: Door, round: string, form: VisitForm): Promise<string> {
  const payload: Record<string, unknown> = { household_id: door.id, round_id: round, outcome: form.outcome };
  if (form.allNormal) payload["all_normal"] = true;
  if (form.readings?.length) payload["readings"] = form.readings;
  if (form.outsiders?.length) payload["outsiders"] = form.outsiders;
  if (form.answers && Object.keys(form.answers).length) payload["answers"] = form.answers;
  if (form.note) payload["note"] = form.note;
  if (form.corrects) payload["corrects_id"] = form.corrects;
  return record({
    command: "household.visit",
    payload,
    district: districtOf(store.areas.get(door.area)),
    mends: form.mends,
    after: form.corrects ?? null,
    view: {
      door: door.id, round, outcome: form.outcome, fever: form.fever ?? false, people: door.persons.length,
      label: [door.building, door.unit, door.room].filter(Boolean).join("-"), corrects: form.corrects ?? null,
    },
  });
}
