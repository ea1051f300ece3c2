/** Buying and leaving an errand, without network: what it cost, the receipt, at the door. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Act, Duty } from "../model";
import { record } from "../outbox";
import { toBase64 } from "../crypto";
import { store } from "../store";
import { t } from "../words";
import { Icon, toast, useStore } from "./kit";

const LONGEST = 1_100; // pixels: a receipt can be read, and it fits into one entry
const MOST_BYTES = 180_000;

/** Makes a photo small, upright and without where it was taken. Throws where it is none. */
export async function small(file: File): Promise<string> {
  const picture = await createImageBitmap(file);
  for (let scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height)); ; scale *= 0.75) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.7));
    if (!blob) throw new Error("no picture");
    if (blob.size <= MOST_BYTES || scale < 0.1) return toBase64(new Uint8Array(await blob.arrayBuffer()));
  }
}

function fen(text: string): number | null {
  const found = /^(\d{1,5})(?:[.,](\d{1,2}))?$/.exec(text.trim());
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
}

function Photo({ words, name, photo, onPhoto }: { words: string; name: string; photo: string; onPhoto: (photo: string) => void }): JSX.Element {
  return (
    <label class="btn">
      <Icon name={photo ? "check" : "camera"} />{photo ? t("errand.photo_taken") : words}
      <input class="sr" name={name} type="file" accept="image/*" capture="environment" onChange={(e) => {
        const file = e.currentTarget.files?.[0];
        if (file) small(file).then(onPhoto, () => toast(t("errand.photo_bad")));
      }} />
    </label>
  );
}

export function Errand({ duty }: { duty: Duty }): JSX.Element {
  useStore();
  const [price, setPrice] = useState("");
  const [agreed, setAgreed] = useState(false);
  const [receipt, setReceipt] = useState("");
  const [door, setDoor] = useState("");
  const order = String(duty.details["order"]);
  const acts = store.actsAbout(order);
  const waits = (command: string): Act | undefined => acts.filter((a) => a.command === command && (a.state === "waiting" || a.state === "held")).at(-1);
  const refused = acts.at(-1)?.state === "refused" ? acts.at(-1) : undefined;
  const told = String(duty.details["order_state"] ?? "");
  const state = waits("order.leave") ? "at_door" : waits("order.buy") && told !== "at_door" ? "bought" : told;
  const ceiling = typeof duty.details["ceiling"] === "number" ? duty.details["ceiling"] : null;
  const cost = fen(price);
  const over = cost !== null && ceiling !== null && cost > ceiling;

  async function act(command: "order.buy" | "order.leave", payload: Record<string, unknown>, photo: string): Promise<void> {
    await record({
      command, district: duty.district, payload: { order_id: order, ...payload }, photo: photo || undefined,
      mends: refused?.command === command ? refused.id : undefined, after: waits("order.buy")?.id ?? claimOf(duty),
      // Whose door it is must not outlive the errand on this phone.
      view: { about: order, label: duty.words },
    });
    toast(t("errand.saved"));
  }

  return (
    <>
      {refused?.answer && <div class="note" data-tone="bad"><Icon name="warning" /><div><strong>{refused.answer.message}</strong><p>{refused.answer.hint}</p></div></div>}
      <div class="grow" />
      {state === "at_door" && <p class="note" data-tone="good"><Icon name="check" /><span>{t("errand.left")}{waits("order.leave") ? ` · ${t("state.waiting")}` : ""}</span></p>}
      {state !== "at_door" && state !== "bought" && (
        <section class="card">
          <label class="field">{t("errand.price")}{ceiling !== null && <small class="hint"> {t("errand.ceiling", { yuan: ceiling / 100 })}</small>}
            <input class="input" name="price" inputMode="decimal" maxLength={8} value={price} onInput={(e) => setPrice(e.currentTarget.value)} />
          </label>
          {over && <p class="note" data-tone="warn"><Icon name="phone" /><span>{t("errand.over")}</span></p>}
          {over && <label class="tick"><input type="checkbox" name="agreed" checked={agreed} onChange={(e) => setAgreed(e.currentTarget.checked)} />{t("errand.agreed")}</label>}
          <Photo words={t("errand.receipt")} name="receipt" photo={receipt} onPhoto={setReceipt} />
          <button class="btn primary big" data-act="buy" disabled={cost === null || (over && !agreed)} onClick={() => void act("order.buy", { price_fen: cost, ...(over ? { agreed: true } : {}) }, receipt)}><Icon name="check" />{t("errand.bought")}</button>
        </section>
      )}
      {state === "bought" && (
        <section class="card">
          <Photo words={t("errand.door")} name="door" photo={door} onPhoto={setDoor} />
          <button class="btn primary big" data-act="leave" onClick={() => void act("order.leave", {}, door)}><Icon name="door" />{t("errand.leave")}</button>
        </section>
      )}
      {state !== "at_door" && state !== "bought" && <button class="btn" data-act="leave" onClick={() => void act("order.leave", {}, "")}>{t("errand.no_goods")}</button>}
    </>
  );
}

/** The claim that waits here must be on the server before what follows from it. */
function claimOf(duty: Duty): string | null {
  return [...store.acts.values()].filter((a) => a.duty === duty.id && a.state === "waiting").at(-1)?.id ?? null;
}
