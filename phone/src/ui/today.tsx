/** What I owe today, by time; and how far my doors are. */

import type { JSX } from "preact";
import { byDoor, type Door, isDone, type Round } from "../model";
import { store } from "../store";
import { day, t, when } from "../words";
import { Bar, Empty, go, Icon, Plate, useStore } from "./kit";
import { ChecksCard } from "./checks";
import { DutyLine } from "./duties";
import { SyncChip } from "./outbox";
import { herePost, posts } from "../posts";
import { Asks, DutyCard, serves } from "./service";

/** Returns the round that visits are recorded in: the one chosen, or the latest that is open. */
export function currentRound(): Round | undefined {
  return store.rounds.find((r) => r.id === chosen) ?? store.rounds[0];
}

let chosen = "";

export function doorsOf(round: Round | undefined): Door[] {
  const all = [...store.doors.values()];
  if (!round) return all;
  return all.filter((door) => {
    const path = store.areas.get(door.area)?.path ?? "";
    return round.paths.some((p) => path.startsWith(p));
  });
}

/** Returns the first open door after `from` in the order of walking; unvisited ones first. */
export function nextDoor(from: Door | null): Door | undefined {
  const round = currentRound();
  if (!round) return undefined;
  const open = doorsOf(round).filter((d) => store.look(d, round.id) === "unvisited").sort(byDoor);
  if (!from) return open[0];
  const near = open.filter((d) => d.building === from.building && d.unit === from.unit);
  return near.find((d) => byDoor(d, from) > 0) ?? near[0] ?? open.find((d) => byDoor(d, from) > 0) ?? open[0];
}

export function Today(): JSX.Element {
  const { me, rounds, duties, doors } = useStore();
  const round = currentRound();
  const mine = duties.filter((d) => d.mine);
  const free = duties.filter((d) => !d.mine);
  const urgent = [...mine, ...free].filter((d) => d.priority >= 7 || (d.due !== null && d.due < Date.now()));
  const rest = mine.filter((d) => !urgent.includes(d));
  return (
    <main class="screen">
      <header class="hello">
        <div>
          <p class="hint">{day(Date.now())}</p>
          <h1>{me?.name ?? ""}</h1>
        </div>
        <SyncChip />
      </header>
      <DutyCard />
      <Asks />
      <ChecksCard />
      {rounds.length > 1 && (
        <div class="choose" role="radiogroup" aria-label={t("rounds")}>
          {rounds.map((r) => (
            <button key={r.id} role="radio" aria-checked={r === round} onClick={() => { chosen = r.id; store.changed(); }}>{r.name}</button>
          ))}
        </div>
      )}
      {round ? <RoundCard round={round} /> : doors.size > 0 && <Empty icon="calendar" words={t("no_round")} />}
      {urgent.length > 0 && (
        <section>
          <h2>{t("urgent")}</h2>
          <ul class="list">{urgent.slice(0, 6).map((d) => <DutyLine key={d.id} duty={d} />)}</ul>
        </section>
      )}
      {rest.length > 0 && (
        <section>
          <h2>{t("my_duties")}</h2>
          <ul class="list">{rest.map((d) => <DutyLine key={d.id} duty={d} />)}</ul>
        </section>
      )}
      {free.length > 0 && (
        <button class="row-link" onClick={() => go("/duties")}>
          <Icon name="duty" /><span>{t("free_duties", { count: free.length })}</span><Icon name="next" />
        </button>
      )}
      {!round && !doors.size && !duties.length && !serves() && <Empty icon="rest" words={t("nothing_owed")} />}
      {posts().length > 0 && <button class="row-link" onClick={() => go("/passage")}><Icon name="post" /><span>{t("posts")}{herePost() ? ` · ${herePost()?.name}` : ""}</span><Icon name="next" /></button>}
      {serves() && <button class="row-link" onClick={() => go("/service")}><Icon name="team" /><span>{t("svc.title")}</span><Icon name="next" /></button>}
      <button class="row-link" onClick={() => go("/day")}><Icon name="clock" /><span>{t("my_day")}</span><Icon name="next" /></button>
    </main>
  );
}

function RoundCard({ round }: { round: Round }): JSX.Element {
  const all = doorsOf(round);
  const looks = all.map((d) => store.look(d, round.id));
  const done = looks.filter(isDone).length;
  const count = (look: string): number => looks.filter((l) => l === look).length;
  const next = nextDoor(null);
  const parts: [string, number, string][] = [
    ["unvisited", count("unvisited"), t("look.unvisited")],
    ["nobody", count("nobody"), t("look.nobody")],
    ["refused", count("refused"), t("look.refused")],
    ["fever", count("fever"), t("look.fever")],
  ];
  return (
    <section class="card">
      <div class="card-head">
        <h2>{round.name}</h2>
        <span class="hint">{t("until", { when: round.last.slice(5) })}</span>
      </div>
      <p class="big-number"><strong>{done}</strong><span> / {all.length} {t("households")}</span></p>
      <Bar done={done} total={all.length} words={round.name} />
      <ul class="counts">
        {parts.filter(([, n]) => n > 0).map(([look, n, words]) => (
          <li key={look}><button data-look={look} onClick={() => go(`/list/${look}`)}><b>{n}</b> {words}</button></li>
        ))}
      </ul>
      {next ? (
        <button class="btn primary big" onClick={() => go(`/visit/${next.id}`)}>
          {t("next_door")} <Plate door={next} />
        </button>
      ) : (
        <p class="note" data-tone="good"><Icon name="check" /><span>{t("all_visited")}</span></p>
      )}
    </section>
  );
}

/** The doors of one look, such as all where nobody was at home. */
export function LookList({ look }: { look: string }): JSX.Element {
  useStore();
  const round = currentRound();
  const found = doorsOf(round).filter((d) => store.look(d, round?.id) === look).sort(byDoor);
  return (
    <ul class="list">
      {found.slice(0, 400).map((door) => {
        const at = door.standings.find((s) => s.round === round?.id)?.at;
        return (
          <li key={door.id}>
            <button class="line" onClick={() => go(`/visit/${door.id}`)}>
              <Plate door={door} />
              <span class="line-text">{door.persons.map((p) => p.name).join("、")}</span>
              {at && <span class="hint">{when(at)}</span>}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
