/** Small parts that every screen uses. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { label, type Door, type Look } from "../model";
import { store } from "../store";
import { icons, t, type Key } from "../words";

export function useStore(): typeof store {
  const [, set] = useState(store.version);
  useEffect(() => store.subscribe(() => set(store.version)), []);
  return store;
}

export function Icon({ name }: { name: string }): JSX.Element {
  return <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" dangerouslySetInnerHTML={{ __html: icons[name] ?? "" }} />;
}

export function go(path: string, replace = false): void {
  if (replace) location.replace(`#${path}`);
  else location.hash = path;
}

export function back(): void {
  if (history.length > 1) history.back();
  else go("/today");
}

export function Plate({ door, large = false }: { door: Door; large?: boolean }): JSX.Element {
  return (
    <span class={large ? "plate large" : "plate"} aria-label={label(door)}>
      {[door.building, door.unit, door.room].filter(Boolean).map((part) => <span key={part}>{part}</span>)}
    </span>
  );
}

export function PlateText({ text }: { text: string }): JSX.Element {
  return <span class="plate" aria-label={text}>{text.split("-").map((part) => <span>{part}</span>)}</span>;
}

export function Head({ title, onBack, children }: { title: ComponentChildren; onBack?: () => void; children?: ComponentChildren }): JSX.Element {
  return (
    <header class="head">
      {onBack && (
        <button class="square" onClick={onBack} aria-label={t("back")}><Icon name="back" /></button>
      )}
      <h1>{title}</h1>
      {children}
    </header>
  );
}

/** How much of a whole is done: a bar with its two numbers. */
export function Bar({ done, total, words }: { done: number; total: number; words: string }): JSX.Element {
  return (
    <div class="cover" role="img" aria-label={`${words}: ${done} / ${total}`}>
      <div class="cover-bed"><div class="cover-fill" style={{ width: `${total ? (100 * done) / total : 0}%` }} /></div>
    </div>
  );
}

export function Empty({ icon, words, children }: { icon: string; words: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="nothing">
      <Icon name={icon} />
      <p>{words}</p>
      {children}
    </div>
  );
}

export const LOOK_ICON: Record<Look, string> = {
  unvisited: "", fine: "check", phone: "phone", nobody: "nobody", refused: "refused", fever: "fever",
  vacant: "vacant", settled: "check",
};

export const LOOK_WORDS: Record<Look, Key> = {
  unvisited: "look.unvisited", fine: "look.fine", phone: "look.phone", nobody: "look.nobody", refused: "look.refused",
  fever: "look.fever", vacant: "look.vacant", settled: "look.settled",
};

/** One line at the bottom that says what just happened, and offers the next step. */
export interface Toast {
  text: string;
  action?: { words: string; run: () => void };
}

let show: (toast: Toast | null) => void = () => undefined;

export function toast(text: string, action?: Toast["action"]): void {
  show(action ? { text, action } : { text });
}

/** `quiet` keeps the next step off a screen whose own buttons lie there; troubles are shown anyhow. */
export function Toasts({ quiet }: { quiet: boolean }): JSX.Element {
  const [shown, set] = useState<Toast | null>(null);
  useEffect(() => {
    show = set;
  }, []);
  useEffect(() => {
    if (!shown) return;
    const born = Date.now();
    const timer = setTimeout(() => set(null), shown.action ? 5_000 : 2_500);
    // Saving leads back to another screen, which is where it shall be read; the next one ends it.
    const leave = (): void => {
      if (Date.now() - born > 500) set(null);
    };
    addEventListener("hashchange", leave);
    return () => {
      clearTimeout(timer);
      removeEventListener("hashchange", leave);
    };
  }, [shown]);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown && !(quiet && shown.action) && (
        <div class="toast">
          <Icon name="check" />
          <span>{shown.text}</span>
          {shown.action && (
            <button onClick={() => { set(null); shown.action?.run(); }}>{shown.action.words}</button>
          )}
        </div>
      )}
    </div>
  );
}

/** A number pad as large as a thumb; the phone's own keyboard stays away. */
export function Pad({ onDigit, onErase, children }: { onDigit: (digit: string) => void; onErase: () => void; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="pad">
      {["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => (
        <button key={digit} onClick={() => onDigit(digit)}>{digit}</button>
      ))}
      <span class="pad-extra">{children}</span>
      <button onClick={() => onDigit("0")}>0</button>
      <button onClick={onErase} aria-label={t("erase")}><Icon name="back" /></button>
    </div>
  );
}
