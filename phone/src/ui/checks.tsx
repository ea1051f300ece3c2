/** Those under watch: one tap when all is well, a pad for the temperature, symptoms, nobody home. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { check, FEVER, type Found, type Place, places, standOf, type Stand, type Watch, watches } from "../watching";
import { t, when, word, type Key } from "../words";
import { back, Empty, go, Head, Icon, Pad, toast, useStore } from "./kit";
import { StopScreen } from "./stop";
import { celsius, plausible, SYMPTOMS } from "./visit";

const ORDER: Stand[] = ["late", "now", "later", "done"];
const WORDS: Record<Stand, Key> = { late: "checks.late", now: "checks.now", later: "checks.later", done: "checks.done" };

function first(place: Place): Stand {
  return ORDER.find((s) => place.watches.some((w) => standOf(w) === s)) ?? "done";
}

/** On the first screen: how many are owed now. */
export function ChecksCard(): JSX.Element | null {
  useStore();
  const all = watches();
  if (!all.length) return null;
  const late = all.filter((w) => standOf(w) === "late").length;
  const open = late + all.filter((w) => standOf(w) === "now").length;
  return (
    <button class="row-link" data-tone={late ? "bad" : undefined} onClick={() => go("/checks")}>
      <Icon name={open ? "isolated" : "check"} />
      <span>{t("checks")}<small class={late ? "late" : "hint"}> {open ? t(late ? "checks.open_late" : "checks.open", { count: open, late }) : t("checks.done")}</small></span>
      <Icon name="next" />
    </button>
  );
}

export function Checks(): JSX.Element {
  useStore();
  const all = places();
  return (
    <main class="screen">
      <Head title={t("checks")} onBack={() => go("/today")} />
      {ORDER.map((stand) => {
        const here = all.filter((p) => first(p) === stand);
        if (!here.length) return null;
        return (
          <section key={stand}>
            <h2 class={stand === "late" ? "late" : ""}>{t(WORDS[stand])} <span class="count">{here.reduce((n, p) => n + p.watches.length, 0)}</span></h2>
            {here.map((p) => <PlaceCard key={p.key} place={p} />)}
          </section>
        );
      })}
      {!all.length && <Empty icon="isolated" words={t("checks.none")} />}
    </main>
  );
}

function PlaceCard({ place }: { place: Place }): JSX.Element {
  const open = place.watches.filter((w) => ["late", "now"].includes(standOf(w)));
  async function well(): Promise<void> {
    for (const one of open) await check(one, { normal: true });
    navigator.vibrate?.(20);
    toast(`${place.label} · ${t("check.saved")}`);
  }
  return (
    <article class="card watch-place" data-place={place.label}>
      <div class="card-head"><h2>{place.label ? <span class="plate" aria-label={place.label}>{place.label.split("-").map((p) => <span key={p}>{p}</span>)}</span> : place.area}</h2><span class="hint">{place.area}</span></div>
      <ul class="list">{place.watches.map((w) => <WatchLine key={w.id} watch={w} />)}</ul>
      {open.length > 0 && <button class="btn primary big well" data-act="well" onClick={() => void well()}><Icon name="check" />{open.length > 1 ? t("check.normal_all") : t("check.normal")}</button>}
    </article>
  );
}

function note(watch: Watch): string {
  return [
    t("check.day", { day: watch.day, days: watch.days }), watch.day === watch.days ? t("check.last") : "", watch.missed ? t("check.missed", { count: watch.missed }) : "",
    watch.unwell ? t("check.unwell") : "", watch.left ? t("check.left") : "",
  ].filter(Boolean).join(" · ");
}

function WatchLine({ watch }: { watch: Watch }): JSX.Element {
  const stand = standOf(watch);
  return (
    <li>
      <button class="duty" data-watch={watch.id} data-hot={stand === "late" || watch.unwell || watch.left} onClick={() => go(`/check/${watch.id}`)} aria-label={t("check.measure", { name: watch.name })}>
        <span class="duty-main two"><strong>{watch.name}</strong><span class="hint">{note(watch)}</span></span>
        <span class="duty-side">
          {watch.due !== null && stand !== "later" && <span class={stand === "late" ? "late" : "hint"}>{stand === "late" ? t("overdue") : t("check.by", { when: when(watch.due) })}</span>}
          {watch.opens !== null && stand === "later" && <span class="hint"><Icon name="check" />{t("check.from", { when: when(watch.opens) })}</span>}
          {watch.waits && <span class="badge">{t("state.waiting")}</span>}
        </span>
        <Icon name="fever" />
      </button>
    </li>
  );
}

export function CheckScreen({ id }: { id: string }): JSX.Element {
  useStore();
  const watch = watches().find((w) => w.id === id);
  const [tenths, setTenths] = useState("");
  const [symptoms, setSymptoms] = useState<string[]>([]);
  const [wrong, setWrong] = useState("");
  const [stopped, setStopped] = useState("");
  if (!watch) return <main class="screen"><Head title={t("checks")} onBack={back} /><Empty icon="isolated" words={t("checks.gone")} /></main>;
  const hot = plausible(tenths) && Number(tenths) >= FEVER;
  if (stopped) {
    return <StopScreen kind="fever" title={stopped} what={[watch.label, watch.name].filter(Boolean).join(" · ")} steps={["stop.stay", "stop.apart", "stop.call_clinic", "stop.wait"]} hint="stop.saved_fever" onDone={back} />;
  }
  async function save(found: Found): Promise<void> {
    if (!watch) return;
    await check(watch, found);
    const ill = "tenths" in found && (Number(found.tenths) >= FEVER || found.symptoms.length > 0);
    navigator.vibrate?.(ill ? [80, 60, 80] : 20);
    if (ill) {
      setStopped(hot ? t("stop.fever", { value: (Number(tenths) / 10).toFixed(1) }) : t("check.ill"));
      return;
    }
    toast("absent" in found ? t("check.absent_follows") : `${watch.name} · ${t("check.saved")}`);
    back();
  }
  function done(): void {
    if (tenths && !plausible(tenths)) setWrong(t("bad_temperature"));
    else if (!tenths && !symptoms.length) setWrong(t("check.say"));
    else void save({ tenths, symptoms });
  }
  return (
    <main class="screen visit">
      <Head title={watch.name} onBack={back} />
      <p class="hint">{[watch.label, watch.area, note(watch)].filter(Boolean).join(" · ")}</p>
      <div class="check-line" data-hot={hot} data-bad={tenths.length === 3 && !plausible(tenths)} aria-current="true"><span>{t("check.temperature")}</span><output>{tenths ? `${celsius(tenths)} °C` : "—"}</output></div>
      {wrong && <p class="wrong-words" role="alert">{wrong}</p>}
      <div class="chips">
        {SYMPTOMS.map((s) => <button key={s} class="chip" aria-pressed={symptoms.includes(s)} onClick={() => { setWrong(""); setSymptoms(symptoms.includes(s) ? symptoms.filter((x) => x !== s) : [...symptoms, s]); }}>{word("symptom", s)}</button>)}
      </div>
      <div class="grow" />
      {(hot || symptoms.length > 0) && <div class="note" data-tone="bad"><Icon name="fever" /><p>{t("fever_follows")}</p></div>}
      <div class="thumb">
        <Pad onDigit={(d) => { setWrong(""); setTenths((tenths + d).slice(0, 3)); }} onErase={() => setTenths(tenths.slice(0, -1))}><span>°C</span></Pad>
        <div class="pair">
          <button class="btn" data-act="absent" disabled={tenths !== "" || symptoms.length > 0} onClick={() => void save({ absent: true })}><Icon name="nobody" />{t("check.absent")}</button>
          {!tenths && !symptoms.length ? <button class="btn primary" data-act="well" onClick={() => void save({ normal: true })}><Icon name="check" />{t("check.normal")}</button>
            : <button class="btn primary" data-act="save" onClick={done}>{t("save")}</button>}
        </div>
      </div>
    </main>
  );
}

