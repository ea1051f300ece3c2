/** Log-in, the PIN, and the screen of a locked phone. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { begin, type Entered, leaseOver, login, Offline, Problem, syncNow, unlockWith } from "../sync";
import { lang, setLanguage, t } from "../words";
import { store } from "../store";
import { go, Icon, Pad, useStore } from "./kit";

const PIN_LENGTH = 6;

/** Where somebody who is not in stands: log-in, then PIN; or the PIN alone. */
export function Gate({ link }: { link: string }): JSX.Element {
  const { session } = useStore();
  const [over, setOver] = useState<boolean | null>(null);
  const [entered, setEntered] = useState<Entered | null>(null);
  useEffect(() => {
    void leaseOver().then(setOver);
  }, [session?.share, session?.lease]);
  if (!globalThis.crypto?.subtle) return <Insecure />;
  if (entered) return <SetPin entered={entered} />;
  if (session?.share && session.wrapped && over === false && !link) return <Locked onLogin={() => setOver(true)} onOver={() => setOver(true)} />;
  if (over === null) return <div class="gate" />;
  return <Login link={link} onEntered={setEntered} />;
}

function Insecure(): JSX.Element {
  return (
    <div class="gate">
      <Mark />
      <div class="note" data-tone="bad"><Icon name="warning" /><p>{t("insecure")}</p></div>
    </div>
  );
}

function Mark(): JSX.Element {
  return (
    <div class="mark">
      <img src="/phone/icon.svg" alt="" width="56" height="56" />
      <div><strong>联防</strong><span>{t("app.what")}</span></div>
      <button class="lang" onClick={() => { setLanguage(lang() === "zh" ? "en" : "zh"); store.changed(); }}>
        {lang() === "zh" ? "English" : "中文"}
      </button>
    </div>
  );
}

function Waiting(): JSX.Element | null {
  const { waiting } = useStore();
  if (!waiting) return null;
  return (
    <div class="note" data-tone="info">
      <Icon name="send" />
      <p>{t("gate.waiting", { count: waiting })}</p>
      <button class="btn" onClick={() => void syncNow()}>{t("send_now")}</button>
    </div>
  );
}

function Login({ link, onEntered }: { link: string; onEntered: (entered: Entered) => void }): JSX.Element {
  const { session } = useStore();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksCode, setAsksCode] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<{ message: string; hint: string } | null>(null);

  async function enter(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setWrong(null);
    try {
      onEntered(await login(link ? { link } : { username, password, ...(code ? { code } : {}) }));
    } catch (error) {
      if (error instanceof Problem && error.code === "sync.code_wanted") setAsksCode(true);
      if (error instanceof Problem) setWrong({ message: error.message, hint: error.hint });
      else if (error instanceof Offline) setWrong({ message: t("offline"), hint: t("offline.login") });
      else setWrong({ message: String(error), hint: "" });
    }
    setBusy(false);
  }

  return (
    <form class="gate" onSubmit={(e) => void enter(e)}>
      <Mark />
      {session?.ended && <div class="note" data-tone="bad"><Icon name="warning" /><p>{t(session.ended === "lost" ? "ended.lost" : "ended.shut")}</p></div>}
      {session && !session.ended && <div class="note" data-tone="info"><Icon name="lock" /><p>{t("gate.again")}</p></div>}
      <Waiting />
      {wrong && (
        <div class="note" data-tone="bad" role="alert"><Icon name="warning" /><div><strong>{wrong.message}</strong><p>{wrong.hint}</p></div></div>
      )}
      {link ? (
        <>
          <h1>{t("link.title")}</h1>
          <p>{t("link.what")}</p>
        </>
      ) : (
        <>
          <label class="field">{t("username")}
            <input class="input" name="username" autocomplete="username" autocapitalize="none" value={username} onInput={(e) => setUsername(e.currentTarget.value)} required />
          </label>
          <label class="field">{t("password")}
            <input class="input" name="password" type="password" autocomplete="current-password" value={password} onInput={(e) => setPassword(e.currentTarget.value)} required />
          </label>
          {asksCode && (
            <label class="field">{t("code")}
              <input class="input" name="code" inputMode="numeric" autocomplete="one-time-code" value={code} onInput={(e) => setCode(e.currentTarget.value)} />
            </label>
          )}
        </>
      )}
      <div class="grow" />
      <button class="btn primary big" disabled={busy}>{busy ? t("working") : t("login")}</button>
      {link ? <button type="button" class="btn quiet" onClick={() => go("/today", true)}>{t("link.other")}</button> : <p class="hint">{t("login.hint")}</p>}
    </form>
  );
}

function Dots({ count }: { count: number }): JSX.Element {
  return (
    <div class="dots" role="img" aria-label={`${count} / ${PIN_LENGTH}`}>
      {Array.from({ length: PIN_LENGTH }, (_, n) => <i key={n} class={n < count ? "on" : ""} />)}
    </div>
  );
}

/** Six digits, then `onDone`; it returns words when they were not right. */
export function PinEntry({ title, what, onDone }: { title: string; what: string; onDone: (pin: string) => Promise<string> }): JSX.Element {
  const [pin, setPin] = useState("");
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);

  async function digit(d: string): Promise<void> {
    if (busy) return;
    const next = pin + d;
    setWrong("");
    setPin(next);
    if (next.length < PIN_LENGTH) return;
    setBusy(true);
    const answer = await onDone(next);
    setBusy(false);
    setPin("");
    setWrong(answer);
  }

  return (
    <>
      <h1>{title}</h1>
      <p class={wrong ? "wrong-words" : ""} role={wrong ? "alert" : undefined}>{wrong || what}</p>
      <div class="grow" />
      <Dots count={pin.length} />
      {busy && <p class="hint center">{t("working")}</p>}
      <div class="grow" />
      <Pad onDigit={(d) => void digit(d)} onErase={() => setPin(pin.slice(0, -1))} />
    </>
  );
}

const WEAK = /^(\d)\1+$|^(?:012345|123456|234567|345678|456789|654321)$/;

function SetPin({ entered }: { entered: Entered }): JSX.Element {
  const [fresh, setFresh] = useState(!entered.same);
  const [first, setFirst] = useState("");

  async function again(pin: string): Promise<string> {
    try {
      await begin(entered, pin, false);
      go("/today", true);
      return "";
    } catch {
      return t("pin.wrong");
    }
  }

  async function set(pin: string): Promise<string> {
    if (!first) {
      if (WEAK.test(pin)) return t("pin.weak");
      setFirst(pin);
      return "";
    }
    if (pin !== first) {
      setFirst("");
      return t("pin.differ");
    }
    await begin(entered, pin, true);
    go("/today", true);
    return "";
  }

  return (
    <div class="gate">
      {fresh ? (
        <PinEntry key={first ? "b" : "a"} title={first ? t("pin.repeat") : t("pin.choose")} what={t("pin.why")} onDone={set} />
      ) : (
        <>
          <PinEntry key="c" title={t("pin.enter")} what={entered.account.name} onDone={again} />
          <button class="btn quiet" onClick={() => setFresh(true)}>{t("pin.forgot")}</button>
        </>
      )}
    </div>
  );
}

function Locked({ onLogin, onOver }: { onLogin: () => void; onOver: () => void }): JSX.Element {
  const { session } = useStore();

  async function open(pin: string): Promise<string> {
    const answer = await unlockWith(pin);
    if (answer === "over") onOver();
    return answer === "wrong" ? t("pin.wrong_left", { left: 5 - (store.session?.tries ?? 0) }) : "";
  }

  return (
    <div class="gate">
      <Waiting />
      <PinEntry title={t("pin.enter")} what={session?.name ?? ""} onDone={open} />
      <button class="btn quiet" onClick={onLogin}>{t("pin.forgot_login")}</button>
    </div>
  );
}
