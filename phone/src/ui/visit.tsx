/** The visit: one tap for "all normal", or what happened; and each person's check. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type Act, type Door, label, lookOf, type Person, type Question } from "../model";
import { recordVisit, type VisitForm } from "../outbox";
import { store } from "../store";
import { t, when, word, type Key } from "../words";
import { back, Empty, go, Head, Icon, LOOK_ICON, LOOK_WORDS, Pad, Plate, toast, useStore } from "./kit";
import { currentRound, nextDoor } from "./today";

export const SYMPTOMS = ["fever_felt", "cough", "tiredness", "short_breath", "sore_throat", "diarrhoea", "other"];
// A second tap of the same touch must not record the next door too.
const GUARD = 300;

interface Check {
  tenths: string;
  symptoms: string[];
  absent: boolean;
}

interface Draft {
  checks: Record<string, Check>;
  outsiders: { from_area: string; since: string | null; persons: number }[];
  answers: Record<string, unknown>;
  note: string;
}

/** Returns the digits of a reading as °C: 365 is 36.5. */
export function celsius(digits: string): string {
  return digits.length < 3 ? digits : `${digits.slice(0, 2)}.${digits.slice(2)}`;
}

export function plausible(digits: string): boolean {
  return digits.length === 3 && Number(digits) >= 300 && Number(digits) <= 450;
}

export function Visit({ id, mends, person }: { id: string; mends?: string | undefined; person?: string | undefined }): JSX.Element {
  useStore();
  const door = store.doors.get(id);
  if (!door) {
    return (
      <main class="screen">
        <Head title={t("visit")} onBack={back} />
        <Empty icon="door" words={t("door_gone")} />
      </main>
    );
  }
  return <VisitForm key={id} door={door} mends={mends} person={person} />;
}

function VisitForm({ door, mends, person }: { door: Door; mends: string | undefined; person: string | undefined }): JSX.Element {
  const round = currentRound();
  const [draft, setDraft] = useState<Draft>({ checks: {}, outsiders: [], answers: {}, note: "" });
  const [checking, setChecking] = useState(Boolean(person));
  const [at] = useState(Date.now());
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState("");
  const look = store.look(door, round?.id);
  const earlier = ownVisit(door, round?.id);
  const [correcting, setCorrecting] = useState(false);

  async function save(form: VisitForm, words: string): Promise<void> {
    if (!round || busy || Date.now() - at < GUARD) return;
    const asked = round.questions.find((q) => q.required && empty(draft.answers[q.key]));
    if (asked && (form.outcome === "met" || form.outcome === "by_phone")) {
      setMissing(asked.key);
      document.getElementById(`q-${asked.key}`)?.scrollIntoView({ block: "center" });
      return;
    }
    setBusy(true);
    try {
      await recordVisit(door, round.id, {
        ...form, answers: draft.answers, outsiders: draft.outsiders, note: draft.note, mends,
        corrects: correcting && earlier ? earlier.id : null,
      });
    } catch (error) {
      setBusy(false);
      toast(t("not_saved", { why: String(error) }));
      return;
    }
    navigator.vibrate?.(20);
    const next = nextDoor(door);
    toast(`${label(door)} · ${words}`, next ? { words: t("next", { door: near(door, next) ? next.room : label(next) }), run: () => go(`/visit/${next.id}`) } : undefined);
    leave(door);
  }

  if (!round) {
    return (
      <main class="screen">
        <Head title={<Plate door={door} />} onBack={back} />
        <Empty icon="calendar" words={t("no_round")}><People door={door} /></Empty>
      </main>
    );
  }
  if (checking) {
    return (
      <Checks
        door={door} draft={draft} setDraft={setDraft} fever={round.fever} start={person}
        onBack={() => setChecking(false)} onSave={(form, words) => void save(form, words)}
      />
    );
  }
  const outcome = (name: string, key: Key, icon: string): JSX.Element => (
    <button class="outcome" data-outcome={name} disabled={busy} onClick={() => void save({ outcome: name }, t(key))}>
      <Icon name={icon} /><span>{t(key)}</span>
    </button>
  );
  return (
    <main class="screen visit">
      <Head title={<Plate door={door} large />} onBack={back}>
        <button class="square" onClick={() => go(`/household/${door.id}`)} aria-label={t("household")}><Icon name="people" /></button>
      </Head>
      {look !== "unvisited" && (
        <div class="note" data-tone={look === "fever" ? "bad" : "info"}>
          <Icon name={LOOK_ICON[look]} />
          <div>
            <strong>{t(LOOK_WORDS[look])}{earlier ? ` · ${when(earlier.at)}` : ""}</strong>
            {earlier && (
              <label class="tick"><input type="checkbox" checked={correcting} onChange={(e) => setCorrecting(e.currentTarget.checked)} />{t("correct")}</label>
            )}
          </div>
        </div>
      )}
      {mends && <div class="note" data-tone="warn"><Icon name="edit" /><p>{t("mending")}</p></div>}
      <People door={door} onPerson={() => setChecking(true)} />
      <Questions questions={round.questions} draft={draft} setDraft={setDraft} missing={missing} />
      <Outsiders draft={draft} setDraft={setDraft} />
      <details class="more">
        <summary>{t("note")}</summary>
        <textarea class="input" maxLength={500} value={draft.note} onInput={(e) => setDraft({ ...draft, note: e.currentTarget.value })} aria-label={t("note")} />
      </details>
      <div class="grow" />
      <div class="thumb">
        <div class="outcomes">
          {outcome("nobody_home", "look.nobody", "nobody")}
          {outcome("refused", "look.refused", "refused")}
          {outcome("by_phone", "by_phone", "phone")}
          {outcome("vacant", "vacant", "vacant")}
          {outcome("moved_away", "moved_away", "next")}
          <button class="outcome ill" onClick={() => setChecking(true)}><Icon name="fever" /><span>{t("somebody_ill")}</span></button>
        </div>
        <button class="btn primary all-normal" disabled={busy} onClick={() => void save({ outcome: "met", allNormal: true }, t("all_normal"))}>
          <Icon name="check" />{t("all_normal")}<small>{t("people_count", { count: door.persons.length })}</small>
        </button>
      </div>
    </main>
  );
}

function leave(door: Door): void {
  if (history.length > 1) history.back();
  else go(`/b/${encodeURIComponent([door.area, door.building, door.unit].join("|"))}`, true);
}

function near(a: Door, b: Door): boolean {
  return a.area === b.area && a.building === b.building && a.unit === b.unit;
}

function empty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length);
}

/** Returns the last visit that was recorded here at this door in this round and still counts. */
function ownVisit(door: Door, round: string | undefined): Act | undefined {
  return store.actsAt(door.id).filter((a) => a.command === "household.visit" && a.round === round && (a.state === "waiting" || a.state === "sent")).at(-1);
}

function age(person: Person): string {
  return person.born === null ? "" : t("age", { age: new Date().getFullYear() - person.born });
}

function People({ door, onPerson }: { door: Door; onPerson?: () => void }): JSX.Element {
  if (!door.persons.length) return <p class="hint">{t("nobody_registered")}</p>;
  return (
    <ul class="people">
      {door.persons.map((p) => (
        <li key={p.id}>
          <button class="person" onClick={onPerson} disabled={!onPerson}>
            <span class="person-name">{p.name}</span>
            <span class="hint">{[p.relation, p.sex && word("sex", p.sex), age(p)].filter(Boolean).join(" · ")}</span>
            {p.care.map((c) => <span class="badge" data-tone="warn" key={c}>{word("care", c)}</span>)}
          </button>
        </li>
      ))}
    </ul>
  );
}

interface Drafting {
  draft: Draft;
  setDraft: (draft: Draft) => void;
}

function Questions({ questions, draft, setDraft, missing }: Drafting & { questions: Question[]; missing: string }): JSX.Element | null {
  if (!questions.length) return null;
  const set = (key: string, value: unknown): void => {
    const answers = { ...draft.answers };
    if (empty(value)) delete answers[key];
    else answers[key] = value;
    setDraft({ ...draft, answers });
  };
  return (
    <fieldset class="questions">
      {questions.map((q) => (
        <div key={q.key} id={`q-${q.key}`} class={missing === q.key ? "question wrong" : "question"}>
          <p>{q.words}{q.required && <b class="must"> *</b>}</p>
          {missing === q.key && <p class="wrong-words" role="alert">{t("answer_this")}</p>}
          <Answer question={q} value={draft.answers[q.key]} set={(value) => set(q.key, value)} />
        </div>
      ))}
    </fieldset>
  );
}

function Answer({ question, value, set }: { question: Question; value: unknown; set: (value: unknown) => void }): JSX.Element {
  const chip = (words: string, on: boolean, press: () => void): JSX.Element => <button type="button" class="chip" aria-pressed={on} onClick={press}>{words}</button>;
  switch (question.kind) {
    case "yes_no":
      return <div class="chips">{chip(t("yes"), value === true, () => set(value === true ? null : true))}{chip(t("no"), value === false, () => set(value === false ? null : false))}</div>;
    case "choice":
      return <div class="chips">{(question.options ?? []).map((o) => chip(o, value === o, () => set(value === o ? null : o)))}</div>;
    case "choices": {
      const list = Array.isArray(value) ? (value as string[]) : [];
      return <div class="chips">{(question.options ?? []).map((o) => chip(o, list.includes(o), () => set(list.includes(o) ? list.filter((x) => x !== o) : [...list, o])))}</div>;
    }
    case "number":
      return <input class="input" inputMode="decimal" aria-label={question.words} onInput={(e) => { const n = Number(e.currentTarget.value.replace(",", ".")); set(e.currentTarget.value === "" || Number.isNaN(n) ? null : n); }} />;
    case "date":
      return <input class="input" type="date" aria-label={question.words} onInput={(e) => set(e.currentTarget.value || null)} />;
    default:
      return <input class="input" maxLength={500} aria-label={question.words} onInput={(e) => set(e.currentTarget.value)} />;
  }
}

function Outsiders({ draft, setDraft }: Drafting): JSX.Element {
  const one = draft.outsiders[0];
  const set = (change: Partial<Draft["outsiders"][number]>): void =>
    setDraft({ ...draft, outsiders: [{ from_area: "", since: null, persons: 1, ...one, ...change }] });
  return (
    <details class="more" open={Boolean(one)}>
      <summary>{t("outsiders")}{one && <b> {one.persons}</b>}</summary>
      <div class="stepper">
        <button onClick={() => (one && one.persons > 1 ? set({ persons: one.persons - 1 }) : setDraft({ ...draft, outsiders: [] }))} aria-label={t("fewer")}><Icon name="minus" /></button>
        <output>{one?.persons ?? 0}</output>
        <button onClick={() => set({ persons: one ? Math.min(50, one.persons + 1) : 1 })} aria-label={t("more")}><Icon name="plus" /></button>
      </div>
      {one && (
        <>
          <label class="field">{t("from_area")}<input class="input" inputMode="numeric" maxLength={40} value={one.from_area} onInput={(e) => set({ from_area: e.currentTarget.value })} /></label>
          <label class="field">{t("since")}<input class="input" type="date" value={one.since ?? ""} onInput={(e) => set({ since: e.currentTarget.value || null })} /></label>
        </>
      )}
    </details>
  );
}

/** Temperatures by number pad, symptoms by chips, one person after the other. */
function Checks({ door, draft, setDraft, fever, start, onBack, onSave }: Drafting & {
  door: Door; fever: number; start: string | undefined; onBack: () => void; onSave: (form: VisitForm, words: string) => void;
}): JSX.Element {
  const [current, setCurrent] = useState(start ?? door.persons[0]?.id ?? "");
  const [phone, setPhone] = useState(false);
  const none: Check = { tenths: "", symptoms: [], absent: false };
  const check = (id: string): Check => draft.checks[id] ?? none;
  const change = (id: string, to: Partial<Check>): void => setDraft({ ...draft, checks: { ...draft.checks, [id]: { ...check(id), ...to } } });
  const wrong = door.persons.filter((p) => check(p.id).tenths !== "" && !plausible(check(p.id).tenths));
  const feverish = door.persons.some((p) => plausible(check(p.id).tenths) && Number(check(p.id).tenths) >= fever);
  const ill = feverish || door.persons.some((p) => check(p.id).symptoms.length > 0);

  function digit(d: string): void {
    const known = check(current).tenths;
    if (!current || known.length >= 3) return;
    const tenths = known + d;
    change(current, { tenths, absent: false });
    if (tenths.length === 3 && plausible(tenths)) {
      const at = door.persons.findIndex((p) => p.id === current);
      const next = door.persons.slice(at + 1).find((p) => !check(p.id).tenths && !check(p.id).absent);
      if (next && Number(tenths) < fever) setCurrent(next.id);
    }
  }

  function done(): void {
    if (wrong[0]) {
      setCurrent(wrong[0].id);
      return;
    }
    const readings = door.persons.flatMap((p) => {
      const c = check(p.id);
      if (!c.tenths && !c.symptoms.length && !c.absent) return [];
      return [{
        person_id: p.id, ...(c.tenths ? { temperature: celsius(c.tenths) } : {}),
        ...(c.symptoms.length ? { symptoms: c.symptoms } : {}), ...(c.absent ? { absent: true } : {}),
      }];
    });
    const outcome = phone ? "by_phone" : "met";
    onSave({ outcome, readings, allNormal: !ill && !readings.some((r) => r.absent), fever: feverish }, feverish ? t("look.fever") : t(LOOK_WORDS[lookOf(outcome, false)]));
  }

  const now = check(current);
  return (
    <main class="screen visit">
      <Head title={<Plate door={door} />} onBack={onBack}>
        <button class="chip" aria-pressed={phone} onClick={() => setPhone(!phone)}><Icon name="phone" />{t("by_phone")}</button>
      </Head>
      {!door.persons.length && <p class="hint">{t("nobody_registered")}</p>}
      <ul class="checks">
        {door.persons.map((p) => {
          const c = check(p.id);
          const hot = plausible(c.tenths) && Number(c.tenths) >= fever;
          const bad = c.tenths !== "" && !plausible(c.tenths) && (c.tenths.length === 3 || p.id !== current);
          return (
            <li key={p.id}>
              <button class="check-line" aria-current={p.id === current} data-hot={hot} data-bad={bad} onClick={() => setCurrent(p.id)}>
                <span>{p.name}<small>{[age(p), ...c.symptoms.map((s) => word("symptom", s))].filter(Boolean).join(" · ")}</small></span>
                <output>{c.absent ? t("absent") : c.tenths ? `${celsius(c.tenths)} °C` : "—"}</output>
              </button>
            </li>
          );
        })}
      </ul>
      {wrong.length > 0 && wrong[0]?.id === current && now.tenths.length === 3 && <p class="wrong-words" role="alert">{t("bad_temperature")}</p>}
      {current && (
        <div class="chips">
          {SYMPTOMS.map((s) => (
            <button key={s} class="chip" aria-pressed={now.symptoms.includes(s)} onClick={() => change(current, { symptoms: now.symptoms.includes(s) ? now.symptoms.filter((x) => x !== s) : [...now.symptoms, s] })}>{word("symptom", s)}</button>
          ))}
          <button class="chip" aria-pressed={now.absent} onClick={() => change(current, { absent: !now.absent, tenths: "", symptoms: [] })}>{t("absent")}</button>
        </div>
      )}
      <div class="grow" />
      {feverish && <div class="note" data-tone="bad"><Icon name="fever" /><p>{t("fever_follows")}</p></div>}
      <div class="thumb">
        <Pad onDigit={digit} onErase={() => change(current, { tenths: now.tenths.slice(0, -1) })}><span>°C</span></Pad>
        <button class="btn primary big" onClick={done}>{t("save")}</button>
      </div>
    </main>
  );
}

/** Who lives behind a door, how to reach them, and what was recorded here. */
export function HouseholdScreen({ id }: { id: string }): JSX.Element {
  useStore();
  const door = store.doors.get(id);
  if (!door) return <main class="screen"><Head title={t("household")} onBack={back} /><Empty icon="door" words={t("door_gone")} /></main>;
  const round = currentRound();
  const look = store.look(door, round?.id);
  const acts = store.actsAt(id).filter((a) => a.command === "household.visit").reverse();
  return (
    <main class="screen">
      <Head title={<Plate door={door} large />} onBack={back} />
      <p class="hint">{[store.areas.get(door.area)?.name, door.floor === null ? "" : t("floor", { floor: door.floor }), t("people_count", { count: door.persons.length })].filter(Boolean).join(" · ")}</p>
      <p class={`state-line d-${look}`}>{LOOK_ICON[look] && <Icon name={LOOK_ICON[look]} />}{t(LOOK_WORDS[look])}</p>
      <ul class="people">
        {door.persons.map((p) => (
          <li key={p.id} class="person-card">
            <div>
              <span class="person-name">{p.name}</span>
              <span class="hint">{[p.relation, p.sex && word("sex", p.sex), age(p)].filter(Boolean).join(" · ")}</span>
              {p.care.map((c) => <span class="badge" data-tone="warn" key={c}>{word("care", c)}</span>)}
            </div>
            <div class="person-acts">
              {p.phone && <a class="square" href={`tel:${p.phone}`} aria-label={t("call", { name: p.name })}><Icon name="phone" /></a>}
              <button class="square" onClick={() => go(`/visit/${id}?person=${p.id}`)} aria-label={t("check_person", { name: p.name })}><Icon name="fever" /></button>
            </div>
          </li>
        ))}
      </ul>
      {acts.length > 0 && (
        <section>
          <h2>{t("recorded_here")}</h2>
          <ul class="list">
            {acts.map((a) => <li key={a.id} class="line static"><span class="line-text">{word("outcome", a.outcome)}</span><span class="hint">{when(a.at)} · {t(`state.${a.state}`)}</span></li>)}
          </ul>
        </section>
      )}
      <div class="grow" />
      <button class="btn primary big" onClick={() => go(`/visit/${id}`, true)}>{t("visit")}</button>
    </main>
  );
}
