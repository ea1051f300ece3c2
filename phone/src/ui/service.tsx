/** My service: on duty since when, what comes next, and everything that asks for my answer. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { asks, board, calls, type Day, goOffDuty, goOnDuty, matters, myDay, onSignUp, recalls, runs, type Shift, shifts, teams, TIRED_DAYS, TIRED_MINUTES } from "../serving";
import { t, when, word } from "../words";
import { Empty, go, Head, Icon, toast, useStore } from "./kit";

export function clock(minutes: number): string {
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

export function span(from: number, to: number): string {
  const same = new Date(from).toDateString() === new Date(to - 1).toDateString();
  const time = (at: number): string => new Date(at).toTimeString().slice(0, 5);
  return `${when(from)}–${same && new Date(to).getHours() + new Date(to).getMinutes() === 0 ? "24:00" : same ? time(to) : when(to)}`;
}

/** Renders anew each half minute, so that hours that run on are seen to run. */
function useMinute(): void {
  const [, set] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => set((n) => n + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
}

export function Hours({ day }: { day: Day }): JSX.Element {
  const long = day.days >= TIRED_DAYS;
  return (
    <div class="stats">
      <div><b>{clock(day.minutes)}</b><span>{t("svc.hours_today")}</span></div>
      <div data-tone={long ? "warn" : undefined}><b>{day.days}{long && <Icon name="warning" />}</b><span>{t("svc.days_row")}{day.off ? ` · ${t("svc.day_off", { when: day.off.slice(5) })}` : ""}</span></div>
    </div>
  );
}

/** On the first screen: on duty now, or what comes next, with the one button that it asks for. */
export function DutyCard(): JSX.Element | null {
  useStore();
  useMinute();
  const day = myDay();
  if (day.since !== null) {
    const tired = day.days >= TIRED_DAYS || day.minutes >= TIRED_MINUTES;
    return (
      <section class="card service" data-on="true">
        <div class="card-head">
          <h2><Icon name="shield" />{t("svc.on_duty")}{day.place && ` · ${day.place}`}</h2>
          {day.waits && <span class="badge">{t("state.waiting")}</span>}
        </div>
        <p class="big-number"><strong>{clock(day.minutes)}</strong><span> {t("svc.since", { when: when(day.since) })}</span></p>
        {tired && <p class="note" data-tone="warn"><Icon name="warning" /><span>{t("svc.tired", { days: day.days, hours: Math.floor(day.minutes / 60) })}</span></p>}
        <button class="btn big" data-act="check-out" onClick={() => void goOffDuty(day).then(() => toast(t("svc.checked_out")))}>{t("svc.check_out")}</button>
      </section>
    );
  }
  const next = shifts()[0];
  const call = calls().find((c) => c.state === "signed" && c.groups[0] && c.groups[0].to > Date.now());
  const group = call?.groups[0];
  if (next && (!group || next.from <= group.from)) return <ShiftCard shift={next} />;
  if (!call || !group) return null;
  const open = runs(group.from, group.to);
  return (
    <section class="card service">
      <div class="card-head"><h2><Icon name="calendar" />{t(open ? "svc.now" : "svc.next")}</h2>{call.waits && <span class="badge">{t("state.waiting")}</span>}</div>
      <button class="plain" onClick={() => go(`/call/${call.id}`)}><strong>{call.name}</strong><span>{group.name} · {span(group.from, group.to)}</span><span>{call.place}</span></button>
      {open && <button class="btn primary big" data-act="check-in" onClick={() => void onSignUp(call, "call.check_in").then(() => toast(t("svc.checked_in")))}><Icon name="check" />{t("svc.check_in")}</button>}
    </section>
  );
}

function ShiftCard({ shift }: { shift: Shift }): JSX.Element {
  const open = runs(shift.from, shift.to);
  return (
    <section class="card service">
      <div class="card-head"><h2><Icon name="calendar" />{t(open ? "svc.now" : "svc.next")}</h2><ShiftBadge shift={shift} /></div>
      <button class="plain" onClick={() => go(`/shift/${shift.id}`)}><strong>{shift.place || t("svc.shift")}</strong><span>{span(shift.from, shift.to)}</span></button>
      {open ? (
        <button class="btn primary big" data-act="check-in" onClick={() => void goOnDuty(shift).then(() => toast(t("svc.checked_in")))}><Icon name="check" />{t("svc.check_in")}</button>
      ) : (
        <button class="btn big" onClick={() => go(`/shift/${shift.id}`)}>{shift.state === "planned" ? t("svc.answer") : t("svc.look")}</button>
      )}
    </section>
  );
}

export function ShiftBadge({ shift }: { shift: Shift }): JSX.Element {
  const known = shift.state === "acknowledged";
  return <span class="badge" data-tone={known ? "good" : "warn"}><Icon name={known ? "check" : "question"} />{word("shift", shift.state)}{shift.waits ? ` · ${t("state.waiting")}` : ""}</span>;
}

/** What asks for an answer, as lines for the first screen. */
export function Asks(): JSX.Element | null {
  useStore();
  const found = asks();
  const lines: JSX.Element[] = [
    ...found.recalls.map((r) => <Line key={r.id} to={`/recall/${r.id}`} icon="bell" title={r.name} side={t("svc.back_by", { when: when(r.deadline) })} hot={r.deadline < Date.now()} />),
    ...found.matters.map((m) => <Line key={m.id} to={`/matter/${m.id}`} icon="bell" title={m.title || word("matter", m.kind)} text={m.place || m.area} side={m.due < Date.now() ? t("overdue") : t("by", { when: when(m.due) })} hot={m.due < Date.now()} />),
    ...found.teams.map((m) => <Line key={m.id} to={`/team/${m.id}`} icon="team" title={m.name} text={t("team.accept_first")} />),
    ...found.shifts.slice(0, 3).map((s) => <Line key={s.id} to={`/shift/${s.id}`} icon="calendar" title={s.place || t("svc.shift")} text={span(s.from, s.to)} side={word("shift", "planned")} />),
  ];
  if (!lines.length) return null;
  return <section><h2>{t("svc.asks")}</h2><ul class="list">{lines}</ul></section>;
}

export function Line({ to, icon, title, text = "", side = "", hot = false, waits = false }: { to: string; icon: string; title: string; text?: string; side?: string; hot?: boolean; waits?: boolean }): JSX.Element {
  return (
    <li>
      <button class="duty" data-hot={hot} onClick={() => go(to)}>
        <Icon name={icon} />
        <span class="duty-main two"><strong>{title}</strong>{text && <span class="hint">{text}</span>}</span>
        <span class="duty-side">{side && <span class={hot ? "late" : "hint"}>{side}</span>}{waits && <span class="badge">{t("state.waiting")}</span>}</span>
        <Icon name="next" />
      </button>
    </li>
  );
}

/** Whether there is anything of this at all, so that others do not see an empty door. */
export function serves(): boolean {
  return shifts().length + calls().length + recalls().length + teams().length + matters().length + board().length > 0 || myDay().days > 0;
}

export function Service(): JSX.Element {
  useStore();
  useMinute();
  const day = myDay();
  const mine = calls().filter((c) => c.state);
  const open = calls().filter((c) => !c.state);
  const tired = board().filter((r) => r[7] === 1).length;
  const parts: [string, JSX.Element[]][] = [
    [t("svc.shifts"), shifts().map((s) => <Line key={s.id} to={`/shift/${s.id}`} icon={s.state === "planned" ? "question" : "check"} title={span(s.from, s.to)} text={s.place} side={word("shift", s.state)} waits={s.waits} />)],
    [t("svc.calls"), mine.map((c) => <Line key={c.id} to={`/call/${c.id}`} icon="people" title={c.name} text={c.groups[0] ? `${c.groups[0].name} · ${span(c.groups[0].from, c.groups[0].to)}` : c.place} side={c.state === "sent" ? t("svc.sent") : word("signup", c.state)} waits={c.waits} />)],
    [t("svc.recalls"), recalls().map((r) => <Line key={r.id} to={`/recall/${r.id}`} icon="bell" title={r.name} text={t("svc.back_by", { when: when(r.deadline) })} side={word("answer", r.answer)} hot={r.answer === "silent" && r.deadline < Date.now()} waits={r.waits} />)],
    [t("svc.teams"), teams().map((m) => <Line key={m.id} to={`/team/${m.id}`} icon="team" title={m.name} text={m.area} side={m.accepted || !m.charter ? t("people_count", { count: m.count }) : t("team.accept_first")} />)],
    [t("svc.matters"), matters().map((m) => <Line key={m.id} to={`/matter/${m.id}`} icon="bell" title={m.title || word("matter", m.kind)} text={m.place || m.area} side={word("dept", m.departments.find((d) => d[5] === 1)?.[2] ?? "called")} />)],
    [t("svc.open_calls"), open.map((c) => <Line key={c.id} to={`/call/${c.id}`} icon="plus" title={c.name} text={c.place} side={c.groups[0] ? when(c.groups[0].from) : ""} />)],
  ];
  return (
    <main class="screen">
      <Head title={t("svc.title")} onBack={() => go("/today")}>
        <button class="square" onClick={() => go("/scan")} aria-label={t("scan.post")}><Icon name="qr" /></button>
      </Head>
      {(day.since !== null || shifts().length > 0 || mine.length > 0) && <DutyCard />}
      {day.days > 0 && <Hours day={day} />}
      {board().length > 0 && (
        <button class="row-link" onClick={() => go("/board")}><Icon name="people" /><span>{t("board.title")}<small class="hint"> {t("board.count", { on: board().filter((r) => r[4] !== null).length, tired })}</small></span><Icon name="next" /></button>
      )}
      {parts.map(([title, lines]) => lines.length > 0 && <section key={title}><h2>{title}</h2><ul class="list">{lines}</ul></section>)}
      {!serves() && <Empty icon="rest" words={t("svc.none")} />}
    </main>
  );
}
