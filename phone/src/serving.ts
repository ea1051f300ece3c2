/** My service: shifts, calls, recalls, teams, matters and hours; what waits here lies over them. */

import type { Act } from "./model";
import { record } from "./outbox";
import { store } from "./store";

type ShiftRow = [string, string, string, number, number, string, string];
type GroupRow = [string, string, number, number, number, string[]];
export type BoardRow = [string, string, string, string, number | null, number, number, number, string, [string, string, number, number][]];

export interface Shift {
  district: string;
  id: string;
  place: string;
  from: number;
  to: number;
  state: string;
  area: string;
  waits: boolean;
}

export interface Group {
  id: string;
  name: string;
  from: number;
  to: number;
  left: number;
  skills: string[];
}

export interface Call {
  district: string;
  id: string;
  name: string;
  purpose: string;
  place: string;
  groups: Group[];
  signUp: string | null;
  state: string;
  ahead: number;
  share: string[];
  waits: boolean;
}

export interface Recall {
  id: string;
  name: string;
  text: string;
  deadline: number;
  answer: string;
  why: string;
  waits: boolean;
}

export interface Team {
  id: string;
  name: string;
  area: string;
  purpose: string;
  charter: string;
  accepted: boolean;
  lead: string;
  deputy: string;
  leads: boolean;
  equipment: [string, number][];
  first: string;
  last: string | null;
  count: number;
  members: [string, string, number][];
}

export interface Matter {
  district: string;
  id: string;
  kind: string;
  title: string;
  place: string;
  area: string;
  due: number;
  state: string;
  departments: [string, string, string, string, string, number][];
}

interface DayRow {
  since: number | null;
  district: string;
  place: string;
  area: string;
  context: string;
  minutes: number;
  on: string;
  days: number;
  off: string | null;
}

interface Part {
  me: [string, string, string, string];
  shifts: ShiftRow[];
  calls: (Omit<Call, "groups" | "signUp" | "waits"> & { groups: GroupRow[]; sign_up: string | null })[];
  recalls: Omit<Recall, "waits">[];
  teams: Team[];
  whistles: Matter[];
  day: DayRow;
  board: BoardRow[];
}

function part(): Partial<Part> {
  return store.part<Part>("mobilising");
}

export function myself(): { district: string; id: string; name: string; phone: string } | null {
  const me = part().me;
  return me ? { district: me[0], id: me[1], name: me[2], phone: me[3] } : null;
}

/** The last act about a thing that the server has not taken in yet. */
function waiting(about: string): Act | undefined {
  return store.actsAbout(about).filter((a) => a.state === "waiting" || a.state === "held").at(-1);
}

/** The last act about a thing, if the server did not accept it and nothing came after it. */
export function refusedAct(about: string): Act | undefined {
  const last = store.actsAbout(about).at(-1);
  return last?.state === "refused" ? last : undefined;
}

export function shifts(): Shift[] {
  return (part().shifts ?? [])
    .map(([district, id, place, from, to, state, area]) => {
      const acts = store.actsAbout(id).filter((a) => a.state === "waiting" || a.state === "held");
      const given = acts.some((a) => a.command === "shift.drop");
      const known = acts.some((a) => a.command === "shift.acknowledge");
      return {
        district, id, place, from: from * 1000, to: to * 1000, area, waits: acts.length > 0,
        state: given ? "dropped" : known ? "acknowledged" : state,
      };
    })
    .filter((s) => s.to > Date.now() && s.state !== "dropped");
}

export function calls(): Call[] {
  return (part().calls ?? []).map((row) => {
    const act = waiting(row.id);
    const state = act?.command === "call.check_in" ? "present" : act?.command === "call.check_out" ? "served"
      : act?.command === "call.sign_up" ? "sent" : act?.command === "call.drop" ? "" : row.state;
    return {
      district: row.district, id: row.id, name: row.name, purpose: row.purpose, place: row.place, ahead: row.ahead,
      share: row.share, signUp: row.sign_up, state, waits: act !== undefined,
      groups: row.groups.map(([id, name, from, to, left, skills]) => ({ id, name, from: from * 1000, to: to * 1000, left, skills })),
    };
  });
}

export function recalls(): Recall[] {
  return (part().recalls ?? []).map((row) => {
    const act = waiting(row.id);
    return { ...row, deadline: row.deadline * 1000, answer: String(act?.data?.["answer"] ?? row.answer), waits: act !== undefined };
  });
}

export function teams(): Team[] {
  return (part().teams ?? []).map((row) => ({ ...row, accepted: row.accepted || waiting(row.id) !== undefined }));
}

export function matters(): Matter[] {
  return (part().whistles ?? []).map((row) => {
    const told = store.actsAbout(row.id).filter((a) => a.state === "waiting" || a.state === "held");
    return {
      ...row, due: row.due * 1000,
      departments: row.departments.map((d) => {
        const act = told.filter((a) => a.data?.["unit"] === d[0]).at(-1);
        return act ? [d[0], d[1], act.command === "whistle.report" ? "reported" : "refused", String(act.data?.["by"] ?? ""), String(act.data?.["why"] ?? ""), d[5]] : d;
      }),
    };
  });
}

export function board(): BoardRow[] {
  return part().board ?? [];
}

export interface Day {
  since: number | null;
  district: string;
  place: string;
  area: string;
  /** Of today, in minutes, up to this moment. */
  minutes: number;
  days: number;
  off: string | null;
  waits: boolean;
  context: string;
}

const STARTS = ["duty_time.begin", "call.check_in"];
const ENDS = ["duty_time.end", "call.check_out"];

/** Returns my hours: the server's, with the check-ins and check-outs that wait here. */
export function myDay(): Day {
  const known = part().day;
  const midnight = new Date().setHours(0, 0, 0, 0);
  const now = Date.now();
  let since = known?.since ? known.since * 1000 : null;
  let minutes = known && known.on === localDay(now) ? known.minutes : 0;
  let { place = "", area = "", district = "", context = "" } = known ?? {};
  let days = known?.days ?? 0;
  const acts = store.waitingActs(...STARTS, ...ENDS);
  for (const act of acts) {
    if (STARTS.includes(act.command)) {
      if (since === null && minutes === 0) days += 1;
      since = act.at;
      place = String(act.data?.["place"] ?? "");
      area = String(act.data?.["area"] ?? "");
      district = String(act.data?.["district"] ?? "");
      context = act.command === "call.check_in" ? "call" : "";
    } else if (since !== null) {
      minutes += Math.max(0, Math.floor((act.at - Math.max(since, midnight)) / 60_000));
      since = null;
    }
  }
  if (since !== null) minutes += Math.max(0, Math.floor((now - Math.max(since, midnight)) / 60_000));
  return { since, place, area, district, context, minutes, days, off: known?.off ?? null, waits: acts.length > 0 };
}

function localDay(at: number): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, "0")}-${String(d.getDate()).padStart(2, "0")}`;
}

/** From here on somebody should be relieved; as the server's rules say (mobilising/rules.py). */
export const TIRED_DAYS = 7;
export const TIRED_MINUTES = 12 * 60;

/** Returns when a place in a call or a shift may be checked in at: two hours before it begins. */
export function runs(from: number, to: number): boolean {
  return Date.now() > from - 2 * 3600_000 && Date.now() < to;
}

interface Doing {
  command: string;
  district: string;
  about: string;
  payload: Record<string, unknown>;
  label: string;
  data?: Record<string, unknown>;
  mends?: string | undefined;
}

/** Records an act about one thing; it goes up after whatever waits about the same thing. */
export function act(what: Doing): Promise<string> {
  return record({
    command: what.command, payload: what.payload, district: what.district, mends: what.mends,
    after: waiting(what.about)?.id ?? store.waitingActs(...STARTS, ...ENDS).at(-1)?.id ?? null,
    view: { about: what.about, label: what.label, data: what.data ?? {} },
  });
}

export function goOnDuty(shift: Shift, why = "", mends?: string): Promise<string> {
  const me = myself();
  return act({
    command: "duty_time.begin", district: shift.district, about: shift.id, label: shift.place, mends,
    payload: { area_id: shift.area, person_id: me?.id, place: shift.place, ...(why ? { why } : {}) },
    data: { place: shift.place, area: shift.area, district: shift.district },
  });
}

export function goOffDuty(day: Day): Promise<string> {
  const call = day.context === "call" ? calls().find((c) => c.state === "present") : undefined;
  if (call?.signUp) return onSignUp(call, "call.check_out");
  return act({
    command: "duty_time.end", district: day.district, about: day.area, label: day.place,
    payload: { area_id: day.area, person_id: myself()?.id },
  });
}

export function onSignUp(call: Call, command: "call.check_in" | "call.check_out" | "call.drop", why = "", mends?: string): Promise<string> {
  return act({
    command, district: call.district, about: call.id, label: call.name, mends,
    payload: { call_id: call.id, sign_up_id: call.signUp, ...(why ? { why } : {}) },
    data: { place: call.place || call.name, district: call.district },
  });
}

/** What asks for an answer of mine. */
export function asks(): { recalls: Recall[]; matters: Matter[]; teams: Team[]; shifts: Shift[] } {
  return {
    recalls: recalls().filter((r) => r.answer === "silent"),
    matters: matters().filter((m) => m.departments.some((d) => d[5] === 1 && d[2] === "called")),
    teams: teams().filter((m) => m.charter && !m.accepted),
    // One that runs is answered by checking in.
    shifts: shifts().filter((s) => s.state === "planned" && s.from > Date.now()),
  };
}
