/** Language, PIN, this phone. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { rewrap } from "../crypto";
import { database, wipe } from "../db";
import { syncNow, VERSION } from "../sync";
import { store } from "../store";
import { lang, setLanguage, t, when, word } from "../words";
import { go, Head, Icon, toast, useStore } from "./kit";
import { PinEntry } from "./login";
import { SyncChip } from "./outbox";

export function Settings(): JSX.Element {
  const { session, me, waiting, doors } = useStore();
  const [leaving, setLeaving] = useState(false);

  async function leave(): Promise<void> {
    if (store.waiting) await syncNow();
    const known = store.session;
    if (known) await (await database()).put("senders", { device: known.device, up: known.up });
    await wipe();
    await store.restore();
    store.lock();
    go("/today", true);
  }

  return (
    <main class="screen">
      <Head title={t("me")}><SyncChip /></Head>
      <section class="card">
        <h2>{me?.name}</h2>
        <p class="hint">{[me?.username, ...(me?.roles ?? []).map((r) => word("role", r))].filter(Boolean).join(" · ")}</p>
      </section>
      <button class="row-link" onClick={() => go("/day")}><Icon name="clock" /><span>{t("my_day")}</span><Icon name="next" /></button>
      <fieldset class="row-set">
        <legend>{t("language")}</legend>
        <div class="choose" role="radiogroup">
          {(["zh", "en"] as const).map((code) => (
            <button key={code} role="radio" aria-checked={lang() === code} onClick={() => { setLanguage(code); store.changed(); void syncNow(); }}>{code === "zh" ? "中文" : "English"}</button>
          ))}
        </div>
      </fieldset>
      <button class="row-link" onClick={() => go("/pin")}><Icon name="lock" /><span>{t("pin.change")}</span><Icon name="next" /></button>
      <button class="row-link" onClick={() => store.lock()}><Icon name="lock" /><span>{t("lock_now")}</span></button>
      <section class="card">
        <h2>{t("this_phone")}</h2>
        <dl class="facts">
          <dt>{t("phone.number")}</dt><dd><code>{session?.device.slice(-6).toUpperCase()}</code></dd>
          <dt>{t("phone.contact")}</dt><dd>{session?.lastContact ? when(session.lastContact) : "—"}</dd>
          <dt>{t("phone.lease")}</dt><dd>{session ? when(session.lease) : "—"}</dd>
          <dt>{t("phone.doors")}</dt><dd>{doors.size}</dd>
          <dt>{t("phone.version")}</dt><dd>{VERSION}</dd>
        </dl>
        <p class="hint">{t("phone.lost", { number: session?.device.slice(-6).toUpperCase() ?? "" })}</p>
      </section>
      {leaving ? (
        <div class="note" data-tone="warn">
          <Icon name="warning" />
          <div>
            <p>{waiting ? t("leave.waiting", { count: waiting }) : t("leave.what")}</p>
            <div class="pair"><button class="btn" onClick={() => setLeaving(false)}>{t("cancel")}</button><button class="btn danger" onClick={() => void leave()}>{t("leave")}</button></div>
          </div>
        </div>
      ) : (
        <button class="btn quiet" onClick={() => setLeaving(true)}>{t("leave")}</button>
      )}
    </main>
  );
}

export function ChangePin(): JSX.Element {
  const [old, setOld] = useState("");
  const [first, setFirst] = useState("");

  async function change(pin: string): Promise<string> {
    const known = store.session;
    if (!known?.wrapped || !known.share) return t("pin.wrong");
    if (!old) {
      try {
        await rewrap(pin, pin, known.share, known.wrapped);
      } catch {
        return t("pin.wrong");
      }
      setOld(pin);
      return "";
    }
    if (!first) {
      setFirst(pin);
      return "";
    }
    if (pin !== first) {
      setFirst("");
      return t("pin.differ");
    }
    await store.keep({ ...known, wrapped: await rewrap(old, pin, known.share, known.wrapped) });
    toast(t("pin.changed"));
    go("/me", true);
    return "";
  }

  const title = !old ? t("pin.old") : first ? t("pin.repeat") : t("pin.choose");
  return (
    <main class="gate">
      <Head title={t("pin.change")} onBack={() => go("/me")} />
      <PinEntry key={title} title={title} what={t("pin.why")} onDone={change} />
    </main>
  );
}
