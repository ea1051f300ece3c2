/** For a lead: who is on duty, who is tired, and who could take over. */

import type { JSX } from "preact";
import { act, board, type BoardRow, refusedAct, TIRED_DAYS } from "../serving";
import { store } from "../store";
import { t, when } from "../words";
import { back, Empty, go, Head, Icon, toast, useStore } from "./kit";
import { Refused } from "./service_one";
import { clock } from "./service";

function minutes(row: BoardRow): number {
  const since = row[4] === null ? null : Math.max(row[4] * 1000, new Date().setHours(0, 0, 0, 0));
  return row[5] + (since === null ? 0 : Math.max(0, Math.floor((Date.now() - since) / 60_000)));
}

function Row({ row }: { row: BoardRow }): JSX.Element {
  const [, id, name, place, since, , days, tired] = row;
  const waits = store.actsAbout(id).some((a) => a.state === "waiting");
  return (
    <li>
      <button class="duty" data-hot={tired === 1} onClick={() => go(`/relief/${id}`)}>
        <span class="duty-main two"><strong>{name || "–"}</strong><span class="hint">{[place, since === null ? t("board.off") : t("svc.since", { when: when(since * 1000) })].filter(Boolean).join(" · ")}</span></span>
        <span class="duty-side">
          <span class={days >= TIRED_DAYS ? "late" : ""}>{t("board.days", { days, hours: clock(minutes(row)) })}</span>
          {tired === 1 && <span class="badge" data-tone="warn"><Icon name="warning" />{t("board.tired")}</span>}
          {waits && <span class="badge">{t("state.waiting")}</span>}
        </span>
        <Icon name="next" />
      </button>
    </li>
  );
}

export function Board(): JSX.Element {
  useStore();
  const rows = board();
  const tired = rows.filter((r) => r[7] === 1);
  const rest = rows.filter((r) => r[7] !== 1);
  return (
    <main class="screen">
      <Head title={t("board.title")} onBack={back} />
      {tired.length > 0 && <section><h2>{t("board.tired")} <span class="count">{tired.length}</span></h2><ul class="list">{tired.map((r) => <Row key={r[1]} row={r} />)}</ul></section>}
      {rest.length > 0 && <section><h2>{t("svc.on_duty")} <span class="count">{rest.length}</span></h2><ul class="list">{rest.map((r) => <Row key={r[1]} row={r} />)}</ul></section>}
      {!rows.length && <Empty icon="rest" words={t("board.none")} />}
    </main>
  );
}

export function Relief({ id }: { id: string }): JSX.Element {
  useStore();
  const row = board().find((r) => r[1] === id);
  if (!row) return <main class="screen"><Head title={t("board.title")} onBack={back} /><Empty icon="rest" words={t("svc.gone")} /></main>;
  const [district, , name, place, since, , days, tired, area, proposed] = row;
  const waits = store.actsAbout(id).some((a) => a.state === "waiting");
  const mends = refusedAct(id)?.id;
  return (
    <main class="screen">
      <Head title={name || "–"} onBack={back} />
      <p class="hint">{[place, since === null ? t("board.off") : t("svc.since", { when: when(since * 1000) })].join(" · ")}</p>
      <div class="stats">
        <div><b>{clock(minutes(row))}</b><span>{t("svc.hours_today")}</span></div>
        <div data-tone={days >= TIRED_DAYS ? "warn" : undefined}><b>{days}{days >= TIRED_DAYS && <Icon name="warning" />}</b><span>{t("svc.days_row")}</span></div>
      </div>
      <Refused about={id} />
      {waits && <p class="note" data-tone="info"><Icon name="send" /><span>{t("state.waiting")}</span></p>}
      {!waits && proposed.length > 0 && (
        <section>
          <h2>{t("board.who")}</h2>
          <ul class="list">
            {proposed.map(([other, theirs, row_, today]) => (
              <li key={other}>
                <button class="duty" data-act="relieve" onClick={() => void act({
                  command: "relief.arrange", district, about: id, label: [name, theirs].filter(Boolean).join(" → "), mends,
                  payload: { area_id: area, person_id: id, by_id: other, place },
                }).then(() => toast(t("board.arranged")))}>
                  <span class="duty-main two"><strong>{theirs || "–"}</strong><span class="hint">{t("board.days", { days: row_, hours: clock(today) })}</span></span>
                  <span class="duty-side">{t("board.takes")}</span><Icon name="next" />
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {tired === 1 && !proposed.length && !waits && <p class="hint">{t("board.nobody")}</p>}
      <div class="grow" />
      {!waits && since !== null && (
        <button class="btn big" data-act="rest" onClick={() => void act({
          command: "relief.rest", district, about: id, label: name, payload: { area_id: area, person_id: id, why: t("why.rest") }, mends,
        }).then(() => toast(t("board.sent_home")))}>{t("board.rest")}</button>
      )}
    </main>
  );
}
