/** A checkpoint: one screen, one pad at the thumb, under ten seconds for a vehicle. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { askFilter, ENDINGS, filterUntil, herePost, type Known, LETTERS, likelyLonger, type Line, mayBeLonger, passagesAt, plateLooks, type Post, posts, PROVINCES, recordPassage, standAt, suggestions, takeFilter, toCall, usualHead } from "../posts";
import { shifts } from "../serving";
import { t, when, word } from "../words";
import { Empty, go, Head, Icon, Pad, toast, useStore } from "./kit";
import { SyncChip } from "./outbox";
import { StopScreen } from "./stop";

export function Posts(): JSX.Element {
  useStore();
  const all = posts();
  const here = herePost();
  return (
    <main class="screen">
      <Head title={t("posts")}><button class="square" onClick={() => go("/scan")} aria-label={t("scan.post")}><Icon name="qr" /></button></Head>
      {all.length ? (
        <>
          <p class="hint">{t("posts.which")}</p>
          <ul class="list">
            {all.map((p) => (
              <li key={p.id}>
                <button class="duty" data-post={p.id} aria-current={p.id === here?.id} onClick={() => { standAt(p.id); go("/passage"); }}>
                  <Icon name="post" /><span class="duty-main two"><strong>{p.name}</strong><span class="hint">{word("post", p.kind)} · {p.area}</span></span>
                  <span class="duty-side">{p.id === here?.id && <span class="badge" data-tone="good"><Icon name="check" />{t("posts.here")}</span>}</span><Icon name="next" />
                </button>
              </li>
            ))}
          </ul>
        </>
      ) : <Empty icon="post" words={t("posts.none")} />}
    </main>
  );
}

export function Passages(): JSX.Element {
  useStore();
  const here = herePost();
  if (!here) return <Posts />;
  return <PassageForm key={here.id} post={here} />;
}

/** A plate as it hangs on the vehicle: blue, green for electric ones; the place that comes next is marked. */
function PlateField({ plate, active, onTap, onHead }: { plate: string; active: boolean; onTap: () => void; onHead: () => void }): JSX.Element {
  const signs = [...plate];
  const places = Math.max(7, signs.length + (mayBeLonger(plate) && active ? 1 : 0));
  return (
    <div class="numberplate" data-electric={signs.length === 8} data-active={active} role="group" aria-label={`${t("passage.plate")}: ${plate || t("passage.none")}`}>
      {Array.from({ length: places }, (_, n) => (
        <button key={n} aria-label={n === 0 ? t("passage.province") : `${n + 1}`} data-next={active && n === signs.length} onClick={n === 0 ? onHead : onTap}>{signs[n] ?? ""}{n === 1 && <i />}</button>
      ))}
    </div>
  );
}

type Field = "head" | "plate" | "phone" | number;
interface Stop {
  fever: boolean;
  desk: boolean;
  what: string;
  tenths: number;
}

function PassageForm({ post }: { post: Post }): JSX.Element {
  const [head] = useState(() => usualHead(post));
  const [plate, setPlate] = useState(head);
  const [field, setField] = useState<Field>(head ? "plate" : "head");
  const [phone, setPhone] = useState("");
  const [lines, setLines] = useState<Line[]>([{ traveller: null, tenths: "" }]);
  const [known, setKnown] = useState<Known | null>(null);
  const [direction, setDirection] = useState<"in" | "out">("in");
  const [route, setRoute] = useState<[string, string]>(["", ""]);
  const [editing, setEditing] = useState(false);
  const [missing, setMissing] = useState(false);
  const [stop, setStop] = useState<Stop | null>(null);
  const [until, setUntil] = useState<number | null>(null);
  const [walking, setWalking] = useState(false);
  const shift = shifts().find((s) => s.place === post.name && s.from < Date.now());

  useEffect(() => {
    const look = (): void => void takeFilter(post, shift?.to ?? null).then(setUntil);
    const check = (): void => void filterUntil(post.id).then(setUntil);
    look();
    addEventListener("online", look);
    const timer = setInterval(check, 30_000);
    return () => {
      removeEventListener("online", look);
      clearInterval(timer);
    };
  }, [post.id]);

  const near = field === "plate" && !known ? suggestions(post, plate, head) : [];
  const hot = (tenths: string): boolean => tenths.length === 3 && Number(tenths) >= post.fever;
  const sane = (tenths: string): boolean => tenths.length === 3 && Number(tenths) >= 300 && Number(tenths) <= 450;

  function take(vehicle: Known): void {
    setPlate(vehicle.plate);
    setKnown(vehicle);
    setRoute([vehicle.from, vehicle.to]);
    setLines(Array.from({ length: Math.max(1, Math.min(9, vehicle.people)) }, (_, n) => ({ traveller: vehicle.travellers[n]?.id ?? null, tenths: "" })));
    setField(0);
  }

  function sign(next: string): void {
    if (known) forget();
    const whole = [...plate, ...next].slice(0, 8).join("");
    setPlate(whole);
    setMissing(false);
    const same = suggestions(post, whole, head).find((k) => k.plate === whole);
    if (same && plateLooks(whole) === "whole" && !likelyLonger(whole)) take(same);
    else if (plateLooks(whole) === "whole" && whole.length >= 7 && !likelyLonger(whole)) setField("phone");
  }

  function forget(): void {
    setKnown(null);
    setLines(lines.map((l) => ({ ...l, traveller: null })));
  }

  function erasePlate(): void {
    if (known) forget();
    setPlate([...plate].slice(0, -1).join(""));
  }

  function digit(d: string): void {
    setMissing(false);
    if (field === "phone") {
      const typed = (phone + d).slice(0, 11);
      setPhone(typed);
      if (typed.length === 11) setField(0);
      return;
    }
    if (typeof field !== "number") return;
    const typed = ((lines[field]?.tenths ?? "") + d).slice(0, 3);
    setLines(lines.map((l, n) => (n === field ? { ...l, tenths: typed } : l)));
    const following = lines.findIndex((l, n) => n > field && !l.tenths);
    if (sane(typed) && !hot(typed) && following > 0) setField(following);
  }

  function erase(): void {
    if (field === "phone") setPhone(phone.slice(0, -1));
    else if (typeof field === "number") setLines(lines.map((l, n) => (n === field ? { ...l, tenths: l.tenths.slice(0, -1) } : l)));
  }

  function people(by: number): void {
    const n = Math.max(1, Math.min(60, lines.length + by));
    const next = Array.from({ length: n }, (_, i) => lines[i] ?? { traveller: null, tenths: "" });
    setLines(next);
    const empty = next.findIndex((l) => !l.tenths);
    setField(empty >= 0 ? empty : n - 1);
  }

  async function save(): Promise<void> {
    const open = lines.findIndex((l) => !sane(l.tenths));
    if (!walking && plateLooks(plate) !== "whole") {
      setField(plate ? "plate" : "head");
      setMissing(true);
      return;
    }
    if (open >= 0) {
      setField(open);
      setMissing(true);
      return;
    }
    const whole = walking ? "" : plate;
    const other = Boolean(whole) && !PROVINCES.includes([...whole][0] ?? "");
    await recordPassage(post, { plate: whole, other, direction, from: route[0], to: route[1], phone, lines });
    const desk = (await askFilter(post.id, "plate", whole)) || (await askFilter(post.id, "phone", phone));
    const highest = Math.max(...lines.map((l) => Number(l.tenths)));
    navigator.vibrate?.(highest >= post.fever || desk ? [80, 60, 80] : 20);
    if (highest >= post.fever || desk) setStop({ fever: highest >= post.fever, desk, what: whole || t("passage.walker"), tenths: highest });
    else toast(`${whole || t("passage.walker")} · ${t("passage.saved")}`);
    setPlate(head);
    setKnown(null);
    setPhone("");
    setLines([{ traveller: null, tenths: "" }]);
    setRoute(["", ""]);
    setField(head ? "plate" : "head");
    setWalking(false);
    scrollTo(0, 0);
  }

  if (stop) {
    const steps = stop.fever ? ["stop.mask", "stop.aside", "stop.call_fever", "stop.not_on"] as const : ["stop.aside", "stop.call", "stop.quiet"] as const;
    return (
      <StopScreen
        kind={stop.fever ? "fever" : "desk"} title={stop.fever ? t("stop.fever", { value: (stop.tenths / 10).toFixed(1) }) : t("passage.call_desk")}
        what={stop.what} steps={steps} also={stop.fever && stop.desk ? "passage.call_desk" : undefined} hint={stop.fever ? "stop.saved_fever" : "stop.maybe"} done="stop.next" onDone={() => setStop(null)}
      />
    );
  }
  if (editing) return <Route post={post} route={route} onDone={(r) => { setRoute(r); setEditing(false); }} />;
  const today = passagesAt(post.id).filter((a) => new Date(a.at).toDateString() === new Date().toDateString());
  return (
    <main class="screen visit passage">
      <header class="head">
        <button class="square" onClick={() => go("/posts")} aria-label={t("posts")}><Icon name="back" /></button>
        <h1>{post.name}<small class="hint">{t("passage.today", { count: today.length })}</small></h1>
        <SyncChip />
      </header>
      <FilterLine until={until} />
      <Calls post={post} />
      <div class="plate-row">
        {walking ? <button class="btn" onClick={() => { setWalking(false); setField("plate"); }}><Icon name="people" />{t("passage.walker")}</button>
          : <PlateField plate={plate} active={field === "plate" || field === "head"} onTap={() => setField("plate")} onHead={() => setField("head")} />}
        <div class="ways" role="radiogroup" aria-label={t("passage.way")}>
          {(["in", "out"] as const).map((way) => <button key={way} role="radio" aria-checked={direction === way} onClick={() => setDirection(way)}>{t(`passage.${way}`)}</button>)}
        </div>
      </div>
      {missing && (field === "plate" || field === "head") && <p class="wrong-words" role="alert">{t("passage.plate_wanted")}</p>}
      {near.length > 0 && (
        <ul class="known">
          {near.map((k) => <li key={k.plate}><button data-known={k.plate} onClick={() => take(k)}><strong>{k.plate}</strong><small>{[t("people_count", { count: k.people }), k.from && `${k.from} → ${k.to}`].filter(Boolean).join(" · ")}</small></button></li>)}
        </ul>
      )}
      <div class="passage-rows">
        {!known?.travellers.length && (
          <button class="entry" data-active={field === "phone"} onClick={() => setField("phone")}><span>{t("passage.phone")}</span><output>{phone ? phone.replace(/^(\d{3})(\d{1,4})?(\d*)/, (_, a: string, b = "", c = "") => [a, b, c].filter(Boolean).join(" ")) : "—"}</output></button>
        )}
        <div class="temps">
          {lines.map((line, n) => {
            const who = known?.travellers[n];
            return (
              <button key={n} class="temp" data-active={field === n} data-hot={hot(line.tenths)} data-bad={missing && !sane(line.tenths)} onClick={() => setField(n)} aria-label={t("passage.person", { n: n + 1 })}>
                <small>{who?.name || who?.phone.slice(-4) || n + 1}</small><output>{line.tenths ? (line.tenths.length < 3 ? line.tenths : `${line.tenths.slice(0, 2)}.${line.tenths.slice(2)}`) : "—"}</output>{hot(line.tenths) && <Icon name="fever" />}
              </button>
            );
          })}
          <span class="count-people"><button onClick={() => people(-1)} disabled={lines.length < 2} aria-label={t("fewer")}><Icon name="minus" /></button><button data-act="more" onClick={() => people(1)} aria-label={t("more")}><Icon name="plus" /></button></span>
        </div>
        {missing && typeof field === "number" && <p class="wrong-words" role="alert">{lines[field]?.tenths.length === 3 ? t("bad_temperature") : t("passage.temp_wanted")}</p>}
        <button class="entry" onClick={() => setEditing(true)}><span>{t("passage.route")}</span><output class="small">{route[0] || route[1] ? `${route[0] || "…"} → ${route[1] || "…"}` : "—"}</output><Icon name="edit" /></button>
      </div>
      <div class="grow" />
      <div class="thumb">
        {field === "head" ? (
          <div class="platepad">{[...PROVINCES].map((p) => <button key={p} onClick={() => { setPlate(p + [...plate].slice(PROVINCES.includes([...plate][0] ?? "·") ? 1 : 0).join("")); setField("plate"); }}>{p}</button>)}<button class="wide" onClick={() => { setWalking(true); setPlate(""); setField("phone"); }}>{t("passage.walker")}</button></div>
        ) : field === "plate" ? (
          <div class="platepad">
            {[..."1234567890", ...LETTERS].map((c) => <button key={c} onClick={() => sign(c)}>{c}</button>)}
            <button onClick={erasePlate} aria-label={t("erase")}><Icon name="back" /></button>
            {[...plate].length >= 6 && [...ENDINGS].map((c) => <button key={c} class="ending" onClick={() => sign(c)}>{c}</button>)}
          </div>
        ) : (
          <Pad onDigit={digit} onErase={erase}><span>{field === "phone" ? <Icon name="phone" /> : "°C"}</span></Pad>
        )}
        {lines.some((l) => hot(l.tenths))
          ? <button class="btn primary big stops" data-act="pass" onClick={() => void save()}><Icon name="fever" />{t("passage.save_stop")}</button>
          : <button class="btn primary big" data-act="pass" onClick={() => void save()}><Icon name="check" />{t("passage.save")}</button>}
      </div>
    </main>
  );
}

function FilterLine({ until }: { until: number | null }): JSX.Element {
  return until ? <p class="hint filter"><Icon name="shield" />{t("passage.filter", { when: when(until) })}</p> : <p class="hint filter" data-tone="warn"><Icon name="offline" />{t("passage.no_filter")}</p>;
}

/** What the server said to passages that went on already. */
function Calls({ post }: { post: Post }): JSX.Element | null {
  const [seen, setSeen] = useState<string[]>([]);
  const open = toCall(post.id).filter((a) => !seen.includes(a.id));
  const first = open[0];
  if (!first) return null;
  return (
    <div class="note" data-tone="bad" role="alert"><Icon name="phone" /><div><strong>{t("passage.call_desk")}</strong><p>{first.label} · {when(first.at)}</p></div><button class="btn" onClick={() => setSeen([...seen, first.id])}>{t("passage.called")}</button></div>
  );
}

function Route({ post, route, onDone }: { post: Post; route: [string, string]; onDone: (route: [string, string]) => void }): JSX.Element {
  const [from, setFrom] = useState(route[0]);
  const [to, setTo] = useState(route[1]);
  const places = [...new Set([...post.places, post.area])].slice(0, 10);
  const row = (label: string, name: string, value: string, set: (v: string) => void): JSX.Element => (
    <section>
      <label class="field">{label}<input class="input" name={name} maxLength={80} value={value} onInput={(e) => set(e.currentTarget.value)} /></label>
      <div class="chips">{places.map((p) => <button key={p} class="chip" aria-pressed={value === p} onClick={() => set(p)}>{p}</button>)}</div>
    </section>
  );
  return (
    <main class="screen visit">
      <Head title={t("passage.route")} onBack={() => onDone(route)} />
      {row(t("passage.from"), "from", from, setFrom)}
      {row(t("passage.to"), "to", to, setTo)}
      <div class="grow" />
      <div class="thumb"><button class="btn primary big" onClick={() => onDone([from.trim(), to.trim()])}>{t("save")}</button></div>
    </main>
  );
}

