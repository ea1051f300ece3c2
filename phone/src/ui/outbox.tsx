/** What was recorded here and what became of it, in plain words; and my day. */

import type { JSX } from "preact";
import type { Act } from "../model";
import { syncNow } from "../sync";
import { store } from "../store";
import { day, t, when, word, type Key } from "../words";
import { Empty, go, Head, Icon, PlateText, useStore } from "./kit";

/** Whether everything has arrived, in a few words; a tap sends. */
export function SyncChip(): JSX.Element {
  const { sync, waiting, session } = useStore();
  const words = sync.busy ? t("sync.busy") : waiting ? t("sync.waiting", { count: waiting }) : sync.offline ? t("offline") : sync.problem ? t("sync.problem") : t("sync.all");
  const tone = sync.problem ? "bad" : waiting ? "warn" : sync.offline ? "plain" : "good";
  return (
    <button class="sync" data-tone={tone} onClick={() => void syncNow()} aria-label={`${words}. ${t("send_now")}`}>
      <Icon name={sync.busy ? "refresh" : waiting ? "send" : sync.offline ? "offline" : "check"} />
      <span>{words}{!sync.busy && !waiting && session?.lastContact ? <small>{when(session.lastContact)}</small> : null}</span>
    </button>
  );
}

function what(act: Act): string {
  if (!act.command) return t("act.unknown");
  if (act.command === "household.visit") return word("outcome", act.outcome) + (act.fever ? ` · ${t("look.fever")}` : "");
  if (act.command === "watch.check") return act.outcome ? `${word("act", act.command)} · ${t(act.outcome as Key)}` : word("act", act.command);
  if (act.command === "passage.record") return `${word("act", act.command)} · ${t("people_count", { count: act.people })}${act.fever ? ` · ${t("look.fever")}` : ""}`;
  return word("act", act.command);
}

function Result({ act }: { act: Act }): JSX.Element | null {
  const result = act.answer?.result ?? {};
  const earlier = result["earlier"] as { outcome?: string } | undefined;
  if (result["call_desk"] === true) return <p class="result">{t("passage.call_desk")}</p>;
  if (earlier?.outcome) {
    return <p class="result">{t(result["counts"] === false ? "result.earlier_stands" : "result.earlier", { outcome: word("outcome", earlier.outcome) })}</p>;
  }
  if (result["household_id"] && result["household_id"] !== act.door) return <p class="result">{t("result.merged")}</p>;
  return null;
}

function ActLine({ act }: { act: Act }): JSX.Element {
  const trouble = act.state === "refused" || act.state === "held";
  return (
    <li class="act" data-state={act.state}>
      <div class="act-top">
        <span class="act-what">{act.label && (act.about ? <strong>{act.label}</strong> : <PlateText text={act.label} />)} {what(act)}</span>
        <span class="hint">{when(act.at)}</span>
      </div>
      {trouble && act.answer && (
        <div class="note" data-tone={act.state === "held" ? "warn" : "bad"}>
          <Icon name={act.state === "held" ? "clock" : "warning"} />
          <div><strong>{act.answer.message}</strong><p>{act.answer.hint}</p></div>
        </div>
      )}
      <Result act={act} />
      {act.state === "refused" && act.door && store.doors.has(act.door) && act.command === "household.visit" && (
        <button class="btn" onClick={() => go(`/visit/${act.door}?mends=${act.id}`)}><Icon name="edit" />{t("mend")}</button>
      )}
    </li>
  );
}

export function Outbox(): JSX.Element {
  const { acts, sync } = useStore();
  const all = [...acts.values()].reverse();
  const group = (state: Act["state"]): Act[] => all.filter((a) => a.state === state);
  const parts: [Act["state"], Key, Key][] = [
    ["refused", "outbox.refused", "outbox.refused.what"],
    ["held", "outbox.held", "outbox.held.what"],
    ["waiting", "outbox.waiting", "outbox.waiting.what"],
    ["sent", "outbox.sent", "outbox.sent.what"],
  ];
  return (
    <main class="screen">
      <Head title={t("outbox")}><SyncChip /></Head>
      {sync.problem && <div class="note" data-tone="bad"><Icon name="warning" /><p>{sync.problem}</p></div>}
      {sync.offline && <div class="note" data-tone="info"><Icon name="offline" /><p>{t("offline.what")}</p></div>}
      {parts.map(([state, title, words]) => {
        const list = group(state);
        if (!list.length) return null;
        return (
          <section key={state}>
            <h2>{t(title)} <span class="count">{list.length}</span></h2>
            <p class="hint">{t(words)}</p>
            <ul class="acts">{list.slice(0, 100).map((a) => <ActLine key={a.id} act={a} />)}</ul>
            {list.length > 100 && <p class="hint">{t("and_more", { count: list.length - 100 })}</p>}
          </section>
        );
      })}
      {!all.length && <Empty icon="send" words={t("outbox.empty")} />}
    </main>
  );
}

export function MyDay(): JSX.Element {
  const { acts } = useStore();
  const today = new Date().toDateString();
  const mine = [...acts.values()].filter((a) => new Date(a.at).toDateString() === today && a.command);
  const visits = mine.filter((a) => a.command === "household.visit" && a.state !== "refused");
  const doors = new Set(visits.map((v) => v.door)).size;
  const first = mine[0]?.at;
  const last = mine.at(-1)?.at;
  const minutes = first && last ? Math.round((last - first) / 60_000) : 0;
  const outcomes = new Map<string, number>();
  for (const v of visits) outcomes.set(v.outcome, (outcomes.get(v.outcome) ?? 0) + 1);
  const hours = new Map<number, number>();
  for (const a of mine) hours.set(new Date(a.at).getHours(), (hours.get(new Date(a.at).getHours()) ?? 0) + 1);
  const span = [...hours.keys()];
  const from = Math.min(...span, 8);
  const to = Math.max(...span, 18);
  const most = Math.max(...hours.values(), 1);
  return (
    <main class="screen">
      <Head title={t("my_day")} onBack={() => go("/today")} />
      <p class="hint">{day(Date.now())}</p>
      {mine.length ? (
        <>
          <div class="stats">
            <div><b>{doors}</b><span>{t("day.doors")}</span></div>
            <div><b>{visits.reduce((n, v) => n + (v.outcome === "met" || v.outcome === "by_phone" ? v.people : 0), 0)}</b><span>{t("day.people")}</span></div>
            <div><b>{Math.floor(minutes / 60)}:{String(minutes % 60).padStart(2, "0")}</b><span>{t("day.hours")}</span></div>
            <div><b>{visits.filter((v) => v.fever).length}</b><span>{t("look.fever")}</span></div>
          </div>
          <div class="hours" role="img" aria-label={[...hours].map(([h, n]) => `${h}: ${n}`).join(", ")}>
            {Array.from({ length: to - from + 1 }, (_, n) => from + n).map((h) => (
              <div key={h}><i style={{ height: `${(100 * (hours.get(h) ?? 0)) / most}%` }} /><span>{h}</span></div>
            ))}
          </div>
          <ul class="list">
            {[...outcomes].map(([o, n]) => <li key={o} class="line static"><span class="line-text">{word("outcome", o)}</span><b>{n}</b></li>)}
            {mine.length > visits.length && <li class="line static"><span class="line-text">{t("day.duties")}</span><b>{mine.length - visits.length}</b></li>}
          </ul>
          <p class="hint">{t("day.span", { from: when(first ?? 0), to: when(last ?? 0) })}</p>
        </>
      ) : (
        <Empty icon="clock" words={t("day.empty")} />
      )}
    </main>
  );
}
