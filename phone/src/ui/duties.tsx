/** Duties: what may be taken, what is mine, and how it is carried out. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Act, Duty } from "../model";
import { record } from "../outbox";
import { store } from "../store";
import { t, when, type Key } from "../words";
import { Errand } from "./errand";
import { back, Empty, go, Head, Icon, PlateText, toast, useStore } from "./kit";

/** What waits here for a duty, which the server does not know yet. */
function waitingFor(duty: Duty): Act | undefined {
  return [...store.acts.values()].filter((a) => a.duty === duty.id && a.state === "waiting").at(-1);
}

interface Stand {
  mine: boolean;
  state: string;
  over: boolean;
  waits: boolean;
}

function standOf(duty: Duty): Stand {
  const act = waitingFor(duty);
  const base = { mine: duty.mine, state: duty.state, over: false, waits: act !== undefined };
  switch (act?.command) {
    case "duty.claim": return { ...base, mine: true, state: "claimed" };
    case "duty.start": return { ...base, state: "started" };
    case "duty.done": return { ...base, over: true, state: "done" };
    case "duty.return": return { ...base, mine: false, over: true, state: "open" };
    default: return base;
  }
}

export function DutyLine({ duty }: { duty: Duty }): JSX.Element {
  const stand = standOf(duty);
  const late = duty.due !== null && duty.due < Date.now() && !stand.over;
  return (
    <li>
      <button class="duty" data-hot={duty.priority >= 7} data-over={stand.over} onClick={() => go(`/duty/${duty.id}`)}>
        <span class="duty-main"><strong>{duty.words}</strong>{duty.address ? <PlateText text={duty.address} /> : <span class="hint">{store.areas.get(duty.area)?.name}</span>}{duty.person && <span>{duty.person}</span>}</span>
        <span class="duty-side">
          {duty.due !== null && <span class={late ? "late" : "hint"}>{late ? t("overdue") : t("by", { when: when(duty.due) })}</span>}
          {stand.waits && <span class="badge">{t("state.waiting")}</span>}
        </span>
        <Icon name="next" />
      </button>
    </li>
  );
}

export function Duties(): JSX.Element {
  const { duties } = useStore();
  const mine = duties.filter((d) => standOf(d).mine);
  const free = duties.filter((d) => !standOf(d).mine && !standOf(d).over);
  return (
    <main class="screen">
      <Head title={t("duties")} />
      <h2>{t("my_duties")}</h2>
      {mine.length ? <ul class="list">{mine.map((d) => <DutyLine key={d.id} duty={d} />)}</ul> : <p class="hint">{t("no_own_duties")}</p>}
      <h2>{t("free")}</h2>
      {free.length ? <ul class="list">{free.map((d) => <DutyLine key={d.id} duty={d} />)}</ul> : <Empty icon="rest" words={t("no_duties")} />}
    </main>
  );
}

export function DutyScreen({ id }: { id: string }): JSX.Element {
  const { duties } = useStore();
  const [why, setWhy] = useState("");
  const [returning, setReturning] = useState(false);
  const duty = duties.find((d) => d.id === id);
  if (!duty) return <main class="screen"><Head title={t("duties")} onBack={back} /><Empty icon="duty" words={t("duty_gone")} /></main>;
  const stand = standOf(duty);

  // A door that only the duty lends is not on the phone otherwise, and must not outlive the duty in the outbox.
  const door = duty.door ? store.doors.get(duty.door) : undefined;

  async function act(command: string, words: Key, reason = ""): Promise<void> {
    if (!duty) return;
    await record({
      command, district: duty.district, payload: { duty_id: duty.id, ...(reason ? { why: reason } : {}) },
      after: waitingFor(duty)?.id ?? null,
      view: { duty: duty.id, door: door ? duty.door : null, label: [duty.words, door ? duty.address : ""].filter(Boolean).join(" "), outcome: command },
    });
    toast(t(words));
    setReturning(false);
    if (command === "duty.done" || command === "duty.return") back();
  }

  const tenths = Number(duty.details["tenths"] ?? 0);
  const wants = String(duty.details["wants"] ?? "").split("\n").filter(Boolean);
  const note = String(duty.details["note"] ?? "");
  const href = String(duty.details["href"] ?? "");
  return (
    <main class="screen">
      <Head title={duty.words} onBack={back} />
      {duty.address && <p><PlateText text={duty.address} /></p>}
      <dl class="facts">
        {duty.person && <><dt>{t("person")}</dt><dd>{duty.person}{tenths ? <b class="late"> {(tenths / 10).toFixed(1)} °C</b> : null}</dd></>}
        {wants.length > 0 && <><dt>{t("wants")}</dt><dd>{wants.map((w) => <div key={w}>{w}</div>)}</dd></>}
        {note && <><dt>{t("note")}</dt><dd>{note}</dd></>}
        <dt>{t("where")}</dt><dd>{store.areas.get(duty.area)?.name ?? "—"}</dd>
        {duty.due !== null && <><dt>{t("due")}</dt><dd class={duty.due < Date.now() ? "late" : ""}>{when(duty.due)}</dd></>}
        <dt>{t("state")}</dt><dd>{t(`duty.${stand.state}` as Key)}{stand.waits ? ` · ${t("state.waiting")}` : ""}</dd>
      </dl>
      {!stand.mine && !duty.address && <p class="note" data-tone="info"><Icon name="lock" /><span>{t("address_later")}</span></p>}
      {door && <button class="row-link" onClick={() => go(`/visit/${door.id}`)}><Icon name="door" /><span>{t("to_door")}</span><Icon name="next" /></button>}
      {stand.mine && href.startsWith("/") && navigator.onLine && <a class="row-link" href={href} target="_blank" rel="noopener"><Icon name="send" /><span>{t("order_page")}</span><Icon name="next" /></a>}
      {stand.mine && duty.kind === "errand" && duty.details["order"] ? <Errand duty={duty} /> : <div class="grow" />}
      {returning ? (
        <div class="thumb">
          <div class="chips">{(["why.no_time", "why.cannot_reach", "why.need_help"] as Key[]).map((k) => <button key={k} class="chip" aria-pressed={why === t(k)} onClick={() => setWhy(t(k))}>{t(k)}</button>)}</div>
          <input class="input" maxLength={200} placeholder={t("why")} aria-label={t("why")} value={why} onInput={(e) => setWhy(e.currentTarget.value)} />
          <button class="btn primary big" disabled={!why.trim()} onClick={() => void act("duty.return", "returned", why.trim())}>{t("give_back")}</button>
          <button class="btn quiet" onClick={() => setReturning(false)}>{t("cancel")}</button>
        </div>
      ) : (
        <div class="thumb">
          {!stand.mine && !stand.over && <button class="btn primary big" onClick={() => void act("duty.claim", "claimed")}>{t("claim")}</button>}
          {stand.mine && !stand.over && (
            <>
              <div class="pair">
                <button class="btn" onClick={() => setReturning(true)}>{t("give_back")}</button>
                {stand.state === "claimed" && <button class="btn" onClick={() => void act("duty.start", "started")}>{t("start")}</button>}
              </div>
              {duty.kind !== "errand" && <button class="btn primary big" onClick={() => void act("duty.done", "finished")}><Icon name="check" />{t("done")}</button>}
            </>
          )}
        </div>
      )}
    </main>
  );
}
