/** My doors: buildings with a small picture, then floors and rooms as they stand. */

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { byDoor, collator, type Door, isDone, label, type Look } from "../model";
import { store } from "../store";
import { t } from "../words";
import { Bar, Empty, go, Head, Icon, LOOK_ICON, LOOK_WORDS, Plate, useStore } from "./kit";
import { currentRound, LookList } from "./today";

export interface Building {
  key: string;
  area: string;
  building: string;
  unit: string;
  doors: Door[];
}

export function buildings(): Building[] {
  const found = new Map<string, Building>();
  for (const door of store.doors.values()) {
    const key = [door.area, door.building, door.unit].join("|");
    let one = found.get(key);
    if (!one) found.set(key, (one = { key, area: door.area, building: door.building, unit: door.unit, doors: [] }));
    one.doors.push(door);
  }
  const name = (b: Building): string => store.areas.get(b.area)?.path ?? "";
  return [...found.values()].sort(
    (a, b) => collator.compare(name(a), name(b)) || collator.compare(a.building, b.building) || collator.compare(a.unit, b.unit),
  );
}

export function buildingName(b: { building: string; unit: string }): string {
  if (!b.building) return t("detached");
  return b.unit ? t("building_unit", { building: b.building, unit: b.unit }) : t("building", { building: b.building });
}

interface Floor {
  floor: number | null;
  doors: Door[];
}

export function floors(doors: Door[]): Floor[] {
  const found = new Map<number | null, Door[]>();
  for (const door of [...doors].sort(byDoor)) found.set(door.floor, [...(found.get(door.floor) ?? []), door]);
  return [...found].map(([floor, list]) => ({ floor, doors: list })).sort((a, b) => (b.floor ?? -99) - (a.floor ?? -99));
}

/** The elevation as a small picture: one square a door, the roof above. */
function Elevation({ doors, round }: { doors: Door[]; round: string | undefined }): JSX.Element {
  const rows = floors(doors);
  const wide = Math.max(...rows.map((r) => r.doors.length), 1);
  const [w, h] = [wide * 10, rows.length * 8];
  const shown: JSX.Element[] = [];
  rows.forEach((row, y) =>
    row.doors.forEach((door, x) => {
      shown.push(<rect key={door.id} class={`d-${store.look(door, round)}`} x={x * 10 + 1} y={y * 8 + 1} width={8} height={6} rx={1} />);
    }),
  );
  return <svg class="elevation" viewBox={`-1 -1 ${w + 2} ${h + 2}`} aria-hidden="true" preserveAspectRatio="xMidYMax meet"><rect class="wall" x={-0.5} y={-0.5} width={w + 1} height={h + 1} rx={1.5} />{shown}</svg>;
}

export function Doors({ look }: { look?: string }): JSX.Element {
  const { doors, areas } = useStore();
  const [text, setText] = useState("");
  const list = useMemo(buildings, [doors]);
  const round = currentRound();
  const found = useMemo(() => search(text), [text, doors]);
  if (look) {
    return (
      <main class="screen">
        <Head title={t(LOOK_WORDS[look as Look])} onBack={() => go("/today")} />
        <LookList look={look} />
      </main>
    );
  }
  let last = "";
  return (
    <main class="screen">
      <Head title={t("my_doors")}>
        <button class="square" onClick={() => go("/scan")} aria-label={t("scan")}><Icon name="qr" /></button>
      </Head>
      <label class="search">
        <Icon name="search" />
        <input type="search" class="input" placeholder={t("search")} aria-label={t("search")} value={text} onInput={(e) => setText(e.currentTarget.value)} />
      </label>
      {text.trim() ? (
        <ul class="list">
          {found.map((door) => (
            <li key={door.id}>
              <button class="line" onClick={() => go(`/visit/${door.id}`)}>
                <Plate door={door} /><span class="line-text">{door.persons.map((p) => p.name).join("、")}</span>
              </button>
            </li>
          ))}
          {!found.length && <li><Empty icon="search" words={t("search.none")} /></li>}
        </ul>
      ) : (
        <div class="buildings">
          {list.map((b) => {
            const area = areas.get(b.area)?.name ?? "";
            const heading = area !== last ? <h2 key={`h${b.area}`}>{area}</h2> : null;
            last = area;
            const done = b.doors.filter((d) => isDone(store.look(d, round?.id))).length;
            return (
              <>
                {heading}
                <button key={b.key} class="building" onClick={() => go(`/b/${encodeURIComponent(b.key)}`)}>
                  <Elevation doors={b.doors} round={round?.id} />
                  <span class="building-text">
                    <strong>{buildingName(b)}</strong>
                    <span class="hint">{done === b.doors.length ? t("complete") : t("left", { left: b.doors.length - done, total: b.doors.length })}</span>
                    <Bar done={done} total={b.doors.length} words={buildingName(b)} />
                  </span>
                </button>
              </>
            );
          })}
          {!list.length && <Empty icon="building" words={t("no_doors")} />}
        </div>
      )}
    </main>
  );
}

function search(text: string): Door[] {
  const wanted = text.trim().toUpperCase();
  if (!wanted) return [];
  const hits: Door[] = [];
  for (const door of store.doors.values()) {
    const name = label(door).toUpperCase();
    if (name.startsWith(wanted) || door.room.toUpperCase() === wanted || door.persons.some((p) => p.name.toUpperCase().startsWith(wanted))) hits.push(door);
  }
  return hits.sort(byDoor).slice(0, 60);
}

export function BuildingScreen({ id }: { id: string }): JSX.Element {
  const { doors } = useStore();
  const round = currentRound();
  const one = useMemo(() => buildings().find((b) => b.key === id), [doors, id]);
  if (!one) return <main class="screen"><Head title={t("my_doors")} onBack={() => go("/doors")} /><Empty icon="building" words={t("no_doors")} /></main>;
  const done = one.doors.filter((d) => isDone(store.look(d, round?.id))).length;
  return (
    <main class="screen">
      <Head title={buildingName(one)} onBack={() => go("/doors")}>
        <span class="tally"><b>{done}</b>/{one.doors.length}</span>
      </Head>
      <Bar done={done} total={one.doors.length} words={buildingName(one)} />
      <div class="stack">
        {floors(one.doors).map((row) => (
          <div class="floor" key={String(row.floor)}>
            <span class="floor-no">{row.floor === null ? "" : t("floor", { floor: row.floor })}</span>
            <div class="rooms" data-wide={row.doors.some((d) => d.room.length > 5)}>{row.doors.map((door) => <Cell key={door.id} door={door} look={store.look(door, round?.id)} />)}</div>
          </div>
        ))}
      </div>
      <Legend />
    </main>
  );
}

function Cell({ door, look }: { door: Door; look: Look }): JSX.Element {
  const care = door.persons.some((p) => p.care.length > 0);
  const words = [label(door), t(LOOK_WORDS[look]), store.pending(door) ? t("state.waiting") : "", care ? t("care") : ""].filter(Boolean).join("，");
  return (
    <button class={`cell d-${look}`} data-room={door.room} onClick={() => go(`/visit/${door.id}`)} aria-label={words}>
      <span class="cell-room">{door.room}</span>
      {LOOK_ICON[look] && <Icon name={LOOK_ICON[look]} />}
      {care && <i class="cell-care" />}
      {store.pending(door) && <i class="cell-wait" />}
    </button>
  );
}

function Legend(): JSX.Element {
  const looks: Look[] = ["unvisited", "fine", "phone", "nobody", "refused", "fever", "vacant"];
  return (
    <ul class="legend-phone">
      {looks.map((look) => <li key={look}><i class={`d-${look}`}>{LOOK_ICON[look] && <Icon name={LOOK_ICON[look]} />}</i>{t(LOOK_WORDS[look])}</li>)}
      <li><i class="key-wait" />{t("state.waiting")}</li>
      <li><i class="key-care" />{t("care")}</li>
    </ul>
  );
}
