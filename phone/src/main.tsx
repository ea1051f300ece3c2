/** The app: which screen stands for which address, and what runs by itself. */

import { render, type JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { watchClock } from "./clock";
import { leaseOver, syncNow } from "./sync";
import { store } from "./store";
import { lang, setLanguage, t, type Key } from "./words";
import { BuildingScreen, Doors } from "./ui/doors";
import { Board, Relief } from "./ui/board";
import { CheckScreen, Checks } from "./ui/checks";
import { Duties, DutyScreen } from "./ui/duties";
import { Icon, Toasts, useStore } from "./ui/kit";
import { Gate } from "./ui/login";
import { MyDay, Outbox } from "./ui/outbox";
import { Passages, Posts } from "./ui/passage";
import { posts } from "./posts";
import { Code, Scan } from "./ui/scan";
import { ChangePin, Settings } from "./ui/settings";
import { Service } from "./ui/service";
import { CallScreen, MatterScreen, RecallScreen, ShiftScreen, TeamScreen } from "./ui/service_one";
import { Today } from "./ui/today";
import { HouseholdScreen, Visit } from "./ui/visit";
import "../../src/lianfang/web/static/web/tokens.css";
import "./styles.css";

const IDLE = 10 * 60_000;
const CONTACT = 5 * 60_000;

interface Address {
  path: string[];
  query: URLSearchParams;
}

function address(): Address {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { path: path.split("/").filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

function useAddress(): Address {
  const [now, set] = useState(address);
  useEffect(() => {
    const change = (): void => {
      set(address());
      scrollTo(0, 0);
    };
    addEventListener("hashchange", change);
    return () => removeEventListener("hashchange", change);
  }, []);
  return now;
}

function Screen({ at }: { at: Address }): JSX.Element {
  const [name, id = ""] = at.path;
  switch (name) {
    case "doors": return <Doors />;
    case "list": return <Doors look={id} />;
    case "b": return <BuildingScreen id={id} />;
    case "visit": return <Visit id={id} mends={at.query.get("mends") ?? undefined} person={at.query.get("person") ?? undefined} />;
    case "household": return <HouseholdScreen id={id} />;
    case "duties": return <Duties />;
    case "duty": return <DutyScreen id={id} />;
    case "outbox": return <Outbox />;
    case "day": return <MyDay />;
    case "scan": return <Scan />;
    case "d": return <Code code={`d/${id}`} />;
    case "at": return <Code code={`posts/${id}/${at.path[2] ?? ""}`} />;
    case "p": return <Code code={`c/post/${id}`} />;
    case "service": return <Service />;
    case "shift": return <ShiftScreen id={id} />;
    case "call": return <CallScreen id={id} />;
    case "recall": return <RecallScreen id={id} />;
    case "team": return <TeamScreen id={id} />;
    case "matter": return <MatterScreen id={id} />;
    case "checks": return <Checks />;
    case "check": return <CheckScreen id={id} />;
    case "posts": return <Posts />;
    case "passage": return <Passages />;
    case "board": return <Board />;
    case "relief": return <Relief id={id} />;
    case "me": return <Settings />;
    case "pin": return <ChangePin />;
    default: return <Today />;
  }
}

const TABS: [string, string, Key][] = [
  ["today", "home", "today"],
  ["passage", "post", "posts"],
  ["doors", "building", "doors"],
  ["duties", "duty", "duties"],
  ["outbox", "send", "outbox"],
  ["me", "person", "me"],
];
const UNDER: Record<string, string> = { b: "doors", list: "today", scan: "doors", posts: "passage", checks: "today", household: "doors", duty: "duties", day: "today",
  service: "today", shift: "today", call: "today", recall: "today", team: "today", matter: "today", board: "today", relief: "today",
};

function Tabs({ at }: { at: Address }): JSX.Element | null {
  const { acts, doors } = useStore();
  const name = at.path[0] ?? "today";
  if (name === "visit" || name === "pin" || name === "passage" || name === "check") return null;
  // Whoever stands at a post has a tab for it, in place of doors that are not there.
  const tabs = TABS.filter(([path]) => (path === "passage" ? posts().length > 0 && !doors.size : path !== "doors" || doors.size > 0 || !posts().length));
  let trouble = 0;
  let waiting = 0;
  for (const act of acts.values()) {
    if (act.state === "waiting") waiting++;
    if (act.state === "refused") trouble++;
  }
  return (
    <nav class="tabs">
      {tabs.map(([path, icon, words]) => (
        <a key={path} href={`#/${path}`} aria-current={(UNDER[name] ?? name) === path ? "page" : undefined}>
          <Icon name={icon} />
          <span>{t(words)}</span>
          {path === "outbox" && (trouble || waiting) ? <b data-tone={trouble ? "bad" : "plain"}>{trouble || waiting}</b> : null}
        </a>
      ))}
    </nav>
  );
}

function App(): JSX.Element {
  const { unlocked } = useStore();
  const at = useAddress();
  const link = at.path[0] === "in" ? (at.path[1] ?? "") : "";
  if (!unlocked || link) return <Gate link={link} />;
  return (
    <>
      <Screen at={at} />
      <Toasts quiet={at.path[0] === "visit"} />
      <Tabs at={at} />
    </>
  );
}

/** Locks after ten minutes without a touch, and when the lease is over. */
function guard(): void {
  let touched = Date.now();
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => (touched = Date.now()), { passive: true });
  const look = (): void => {
    void watchClock();
    void leaseOver();
    if (store.unlocked && Date.now() - touched > IDLE) store.lock();
  };
  setInterval(look, 10_000);
  document.addEventListener("visibilitychange", () => {
    look();
    if (document.visibilityState === "visible") void syncNow();
  });
  addEventListener("online", () => void syncNow());
  setInterval(() => {
    if (document.visibilityState === "visible") void syncNow();
  }, CONTACT);
}

async function start(): Promise<void> {
  setLanguage(lang());
  await store.restore();
  await leaseOver();
  const root = document.getElementById("app");
  if (root) render(<App />, root);
  guard();
  void syncNow();
  // Without a service worker (some WebViews) the app works as long as its page can be loaded.
  if ("serviceWorker" in navigator) {
    void navigator.serviceWorker.register("/phone/sw.js", { scope: "/phone/", updateViaCache: "none" }).catch(() => undefined);
  }
}

void start();
