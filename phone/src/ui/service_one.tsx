/** One shift, call, recall, team or matter, and what is to be said to it. */

import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { act, type Call, calls, goOffDuty, goOnDuty, matters, myDay, myself, onSignUp, recalls, refusedAct, runs, shifts, teams } from "../serving";
import { newId } from "../uuid";
import { t, when, word, type Key } from "../words";
import { back, Empty, Head, Icon, toast, useStore } from "./kit";
import { Hours, ShiftBadge, span } from "./service";

function Gone({ title }: { title: Key }): JSX.Element {
  return <main class="screen"><Head title={t(title)} onBack={back} /><Empty icon="rest" words={t("svc.gone")} /></main>;
}

/** Why the server did not take the last act about this; with a way to say it again. */
export function Refused({ about, children }: { about: string; children?: ComponentChildren }): JSX.Element | null {
  const last = refusedAct(about);
  if (!last?.answer) return null;
  return (
    <div class="note" data-tone="bad"><Icon name="warning" /><div><strong>{last.answer.message}</strong><p>{last.answer.hint}</p></div>{children}</div>
  );
}

/** Some usual reasons, and one's own words. */
export function Reason({ reasons, words, onSay, onCancel }: { reasons: Key[]; words: string; onSay: (why: string) => void; onCancel: () => void }): JSX.Element {
  const [why, setWhy] = useState("");
  return (
    <div class="thumb">
      <div class="chips">{reasons.map((k) => <button key={k} class="chip" aria-pressed={why === t(k)} onClick={() => setWhy(t(k))}>{t(k)}</button>)}</div>
      <input class="input" name="why" maxLength={200} placeholder={t("why")} aria-label={t("why")} value={why} onInput={(e) => setWhy(e.currentTarget.value)} />
      <button class="btn primary big" disabled={why.trim().length < 2} onClick={() => onSay(why.trim())}>{words}</button>
      <button class="btn quiet" onClick={onCancel}>{t("cancel")}</button>
    </div>
  );
}

const AWAY: Key[] = ["why.ill", "why.family", "why.no_way", "why.other_work"];

export function ShiftScreen({ id }: { id: string }): JSX.Element {
  useStore();
  const [giving, setGiving] = useState(false);
  const [must, setMust] = useState(false);
  const shift = shifts().find((s) => s.id === id);
  if (!shift) return <Gone title="svc.shift" />;
  const day = myDay();
  const here = day.since !== null && day.area === shift.area;
  const label = shift.place || t("svc.shift");
  const refused = refusedAct(id);
  const tooTired = refused?.command === "duty_time.begin" && refused.answer?.code === "attendance.must_rest";
  const say = (command: string, words: Key, why = ""): void =>
    void act({ command, district: shift.district, about: id, label, payload: { shift_id: id, ...(why ? { why } : {}) } }).then(() => {
      toast(t(words));
      back();
    });
  return (
    <main class="screen">
      <Head title={label} onBack={back} />
      <p class="lead-line">{span(shift.from, shift.to)}</p>
      <p><ShiftBadge shift={shift} /></p>
      {day.days > 0 && <Hours day={day} />}
      <Refused about={id} />
      <div class="grow" />
      {giving ? <Reason reasons={AWAY} words={t("svc.cannot")} onSay={(why) => say("shift.drop", "svc.given_up", why)} onCancel={() => setGiving(false)} />
        : must ? <Reason reasons={["why.nobody_else"]} words={t("svc.check_in_anyhow")} onSay={(why) => void goOnDuty(shift, why, refused?.id).then(back)} onCancel={() => setMust(false)} />
        : (
          <div class="thumb">
            {!here && <button class="btn" onClick={() => setGiving(true)}>{t("svc.cannot")}</button>}
            {shift.state === "planned" && <button class="btn primary big" data-act="acknowledge" onClick={() => say("shift.acknowledge", "svc.acked")}><Icon name="check" />{t("svc.ack")}</button>}
            {here && <button class="btn big" data-act="check-out" onClick={() => void goOffDuty(day).then(back)}>{t("svc.check_out")}</button>}
            {!here && tooTired && <button class="btn" onClick={() => setMust(true)}>{t("svc.check_in_anyhow")}</button>}
            {day.since === null && !tooTired && runs(shift.from, shift.to) && <button class={shift.state === "planned" ? "btn big" : "btn primary big"} data-act="check-in" onClick={() => void goOnDuty(shift).then(() => { toast(t("svc.checked_in")); back(); })}>{t("svc.check_in")}</button>}
          </div>
        )}
    </main>
  );
}

export function CallScreen({ id }: { id: string }): JSX.Element {
  useStore();
  const [giving, setGiving] = useState(false);
  const [must, setMust] = useState(false);
  const call = calls().find((c) => c.id === id);
  if (!call) return <Gone title="svc.calls" />;
  const group = call.groups[0];
  const refused = refusedAct(id);
  const tooTired = refused?.command === "call.check_in" && refused.answer?.code === "attendance.must_rest";
  const open = group ? runs(group.from, group.to) : false;
  const done = (words: Key): void => {
    toast(t(words));
    back();
  };
  return (
    <main class="screen">
      <Head title={call.name} onBack={back} />
      {call.purpose && <p>{call.purpose}</p>}
      <dl class="facts">
        {call.place && <><dt>{t("where")}</dt><dd>{call.place}</dd></>}
        {call.state && call.state !== "sent" && group && <><dt>{t("svc.group")}</dt><dd>{group.name}<br />{span(group.from, group.to)}</dd></>}
        {call.state && <><dt>{t("state")}</dt><dd>{call.state === "sent" ? t("svc.sent") : word("signup", call.state)}{call.ahead > 0 ? ` · ${t("svc.ahead", { count: call.ahead })}` : ""}</dd></>}
        {call.share.length > 0 && <><dt>{t("svc.share")}</dt><dd>{call.share.join("、")}</dd></>}
      </dl>
      <Refused about={id} />
      {!call.state && <Groups call={call} onDone={() => done("svc.signed_up")} />}
      <div class="grow" />
      {giving ? <Reason reasons={AWAY} words={t("svc.cannot")} onSay={(why) => void onSignUp(call, "call.drop", why).then(() => done("svc.given_up"))} onCancel={() => setGiving(false)} />
        : must ? <Reason reasons={["why.nobody_else"]} words={t("svc.check_in_anyhow")} onSay={(why) => void onSignUp(call, "call.check_in", why, refused?.id).then(() => done("svc.checked_in"))} onCancel={() => setMust(false)} />
        : call.signUp && (
          <div class="thumb">
            {(call.state === "signed" || call.state === "waiting") && <button class="btn" onClick={() => setGiving(true)}>{t("svc.cannot")}</button>}
            {tooTired && <button class="btn" onClick={() => setMust(true)}>{t("svc.check_in_anyhow")}</button>}
            {open && !tooTired && (call.state === "signed" || call.state === "no_show") && <button class="btn primary big" data-act="check-in" onClick={() => void onSignUp(call, "call.check_in").then(() => done("svc.checked_in"))}><Icon name="check" />{t("svc.check_in")}</button>}
            {call.state === "present" && <button class="btn primary big" data-act="check-out" onClick={() => void onSignUp(call, "call.check_out").then(() => done("svc.checked_out"))}>{t("svc.check_out")}</button>}
          </div>
        )}
    </main>
  );
}

function Groups({ call, onDone }: { call: Call; onDone: () => void }): JSX.Element {
  const me = myself();
  if (!me?.phone) return <p class="note" data-tone="info"><Icon name="info" /><span>{t("svc.by_link")}</span></p>;
  return (
    <section>
      <h2>{t("svc.choose_group")}</h2>
      <ul class="list">
        {call.groups.map((g) => (
          <li key={g.id}>
            <button class="duty" onClick={() => void act({
              command: "call.sign_up", district: call.district, about: call.id, label: call.name,
              // The sign-up is about me, the person that the community knows; the name and number are the organiser's to call.
              payload: { call_id: call.id, person_id: me.id || newId(), name: me.name, phone: me.phone, group_id: g.id, skills: g.skills },
            }).then(onDone)}>
              <span class="duty-main two"><strong>{g.name}</strong><span class="hint">{span(g.from, g.to)}</span></span>
              <span class="duty-side"><span>{g.left ? t("svc.left", { count: g.left }) : t("svc.wait_list")}</span></span>
              <Icon name="plus" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function RecallScreen({ id }: { id: string }): JSX.Element {
  useStore();
  const [excusing, setExcusing] = useState(false);
  const recall = recalls().find((r) => r.id === id);
  const me = myself();
  if (!recall || !me) return <Gone title="svc.recalls" />;
  const say = (answer: string, why = ""): void =>
    void act({
      command: "recall.answer", district: me.district, about: id, label: recall.name,
      payload: { recall_id: id, person_id: me.id, answer, ...(why ? { why } : {}) }, data: { answer },
    }).then(() => {
      toast(t("svc.answered"));
      back();
    });
  const late = recall.deadline < Date.now() && recall.answer === "silent";
  return (
    <main class="screen">
      <Head title={recall.name} onBack={back} />
      {recall.text && <p>{recall.text}</p>}
      <p class={late ? "lead-line late" : "lead-line"}>{t("svc.back_by", { when: when(recall.deadline) })}</p>
      {recall.answer !== "silent" && <p class="note" data-tone="good"><Icon name="check" /><span>{word("answer", recall.answer)}{recall.why && ` · ${recall.why}`}{recall.waits && ` · ${t("state.waiting")}`}</span></p>}
      <Refused about={id} />
      <div class="grow" />
      {excusing ? <Reason reasons={AWAY} words={t("svc.excuse")} onSay={(why) => say("excused", why)} onCancel={() => setExcusing(false)} /> : (
        <div class="thumb">
          <div class="pair">
            <button class="btn" onClick={() => setExcusing(true)}>{t("svc.excuse")}</button>
            <button class="btn" data-act="on_the_way" onClick={() => say("on_the_way")}>{word("answer", "on_the_way")}</button>
          </div>
          <button class="btn primary big" data-act="back" onClick={() => say("back")}><Icon name="check" />{word("answer", "back")}</button>
        </div>
      )}
    </main>
  );
}

export function TeamScreen({ id }: { id: string }): JSX.Element {
  useStore();
  const team = teams().find((m) => m.id === id);
  const me = myself();
  if (!team || !me) return <Gone title="svc.teams" />;
  return (
    <main class="screen">
      <Head title={team.name} onBack={back} />
      <p class="hint">{[team.area, t("people_count", { count: team.count }), team.last ? t("until", { when: team.last.slice(5) }) : ""].filter(Boolean).join(" · ")}</p>
      {team.purpose && <p>{team.purpose}</p>}
      <dl class="facts">
        {team.lead && <><dt>{t("team.lead")}</dt><dd>{team.lead}</dd></>}
        {team.deputy && <><dt>{t("team.deputy")}</dt><dd>{team.deputy}</dd></>}
        {team.equipment.length > 0 && <><dt>{t("team.equipment")}</dt><dd>{team.equipment.map(([kind, n]) => <div key={kind}>{kind} × {n}</div>)}</dd></>}
      </dl>
      {team.charter && (
        <section class="card">
          <h2>{t("team.charter")}</h2>
          <p class="charter">{team.charter}</p>
          {team.accepted && <p class="note" data-tone="good"><Icon name="check" /><span>{t("team.accepted")}</span></p>}
        </section>
      )}
      <Refused about={id} />
      {team.members.length > 0 && (
        <section>
          <h2>{t("team.members")} <span class="count">{team.count}</span></h2>
          <ul class="list">{team.members.map(([name, function_, accepted], n) => <li key={n} class="line static"><span class="line-text"><strong>{name}</strong> {function_}</span>{accepted ? <Icon name="check" /> : <span class="hint">{t("team.not_yet")}</span>}</li>)}</ul>
        </section>
      )}
      <div class="grow" />
      {team.charter && !team.accepted && (
        <button class="btn primary big" data-act="accept" onClick={() => void act({
          command: "team.accept", district: me.district, about: id, label: team.name, payload: { team_id: id, person_id: me.id },
        }).then(() => toast(t("team.accepted")))}><Icon name="check" />{t("team.accept")}</button>
      )}
    </main>
  );
}

export function MatterScreen({ id }: { id: string }): JSX.Element {
  const { me } = useStore();
  const [by, setBy] = useState(me?.name ?? "");
  const [line, setLine] = useState("");
  const [doing, setDoing] = useState<"" | "refuse" | "log">("");
  const matter = matters().find((m) => m.id === id);
  if (!matter) return <Gone title="svc.matters" />;
  const mine = matter.departments.find((d) => d[5] === 1 && d[2] !== "reported") ?? matter.departments.find((d) => d[5] === 1);
  const title = matter.title || word("matter", matter.kind);
  const say = (command: string, words: Key, more: Record<string, unknown>, data: Record<string, unknown> = {}): void =>
    void act({ command, district: matter.district, about: id, label: title, payload: { whistle_id: id, ...more }, data }).then(() => {
      toast(t(words));
      setDoing("");
      setLine("");
    });
  const late = matter.due < Date.now();
  return (
    <main class="screen">
      <Head title={title} onBack={back} />
      <p class="hint">{[word("matter", matter.kind), matter.place, matter.area].filter(Boolean).join(" · ")}</p>
      <p class={late && mine?.[2] === "called" ? "lead-line late" : "lead-line"}>{t("matter.by", { when: when(matter.due) })}</p>
      <ul class="list">
        {matter.departments.map(([unit, name, state, who, why, own]) => (
          <li key={unit} class="line static tall">
            <Icon name={state === "reported" ? "check" : state === "refused" ? "refused" : "clock"} />
            <span class="line-text wrap"><strong>{name}{own ? ` · ${t("matter.ours")}` : ""}</strong><br /><span class="hint">{[word("dept", state), who, state === "refused" ? why : ""].filter(Boolean).join(" · ")}</span></span>
          </li>
        ))}
      </ul>
      <Refused about={id} />
      <div class="grow" />
      {mine && mine[2] !== "reported" && doing === "" && (
        <div class="thumb">
          <label class="field">{t("matter.who")}<input class="input" name="by" maxLength={80} value={by} onInput={(e) => setBy(e.currentTarget.value)} /></label>
          <div class="pair">
            {mine[2] === "called" && <button class="btn" onClick={() => setDoing("refuse")}>{t("matter.refuse")}</button>}
            <button class="btn" onClick={() => setDoing("log")}>{t("matter.log")}</button>
          </div>
          <button class="btn primary big" data-act="report" disabled={!by.trim()} onClick={() => say("whistle.report", "matter.reported", { organisation_id: mine[0], by: by.trim() }, { unit: mine[0], by: by.trim() })}><Icon name="check" />{t("matter.report")}</button>
        </div>
      )}
      {doing === "refuse" && mine && <Reason reasons={["why.not_ours", "why.no_people"]} words={t("matter.refuse")} onSay={(why) => say("whistle.refuse", "matter.refused", { organisation_id: mine[0], why }, { unit: mine[0], why })} onCancel={() => setDoing("")} />}
      {(doing === "log" || mine?.[2] === "reported") && doing !== "refuse" && (
        <div class="thumb">
          <textarea class="input" name="text" maxLength={500} placeholder={t("matter.log_hint")} aria-label={t("matter.log")} value={line} onInput={(e) => setLine(e.currentTarget.value)} />
          <div class="pair">
            {doing === "log" && <button class="btn" onClick={() => setDoing("")}>{t("cancel")}</button>}
            <button class={matter.state === "open" ? "btn" : "btn primary"} data-act="log" disabled={!line.trim()} onClick={() => say("whistle.log", "matter.logged", { text: line.trim() })}>{t("matter.log")}</button>
            {mine?.[2] === "reported" && matter.state === "open" && <button class="btn primary" data-act="handle" onClick={() => say("whistle.handle", "matter.handled", { text: line.trim() })}><Icon name="check" />{t("matter.handle")}</button>}
          </div>
        </div>
      )}
    </main>
  );
}
