/** What to do now, in large letters, before anything else goes on. */

import type { JSX } from "preact";
import { t, type Key } from "../words";
import { Icon } from "./kit";

export function StopScreen({ kind, title, what, steps, hint, also, done = "stop.done", onDone }: {
  kind: "fever" | "desk"; title: string; what: string; steps: readonly Key[]; hint: Key; also?: Key | undefined; done?: Key; onDone: () => void;
}): JSX.Element {
  return (
    <main class="screen visit stop" data-kind={kind} role="alertdialog" aria-label={title}>
      <header class="stop-head"><Icon name={kind === "fever" ? "fever" : "phone"} /><h1>{title}</h1><p>{what}</p></header>
      <ol class="steps">{steps.map((s) => <li key={s}>{t(s)}</li>)}</ol>
      {also && <p class="note" data-tone="warn"><Icon name="phone" /><span>{t(also)}</span></p>}
      <p class="hint">{t(hint)}</p>
      <div class="grow" />
      <div class="thumb"><button class="btn primary big" data-act="understood" onClick={onDone}>{t(done)}</button></div>
    </main>
  );
}
