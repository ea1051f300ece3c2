/** The camera on a door's QR code opens the household. */

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { callOf, householdOf, postOf } from "../codes";
import { posts, standAt } from "../posts";
import { calls } from "../serving";
import { store } from "../store";
import { t } from "../words";
import { go, Head, Icon } from "./kit";

interface Detector {
  detect(source: HTMLVideoElement | ImageBitmap): Promise<{ rawValue: string }[]>;
}
type DetectorClass = new (options: { formats: string[] }) => Detector;

/** The phone's own reader where it has one; else ours, which is fetched only then. */
async function detector(): Promise<Detector> {
  const own = (globalThis as { BarcodeDetector?: DetectorClass & { getSupportedFormats(): Promise<string[]> } }).BarcodeDetector;
  const formats: string[] = own ? await own.getSupportedFormats().catch(() => []) : [];
  if (own && formats.includes("qr_code")) return new own({ formats: ["qr_code"] });
  const { BarcodeDetector, prepareZXingModule } = await import("barcode-detector/ponyfill");
  prepareZXingModule({ overrides: { locateFile: (path: string, prefix: string) => (path.endsWith(".wasm") ? "/phone/assets/zxing_reader-3.1.3.wasm" : prefix + path) } });
  return new BarcodeDetector({ formats: ["qr_code"] }) as unknown as Detector;
}

function openCode(text: string): string {
  const call = callOf(text);
  if (call) {
    if (!calls().some((c) => c.id === call)) return t("scan.not_signed");
    go(`/call/${call}`, true);
    return "";
  }
  const post = postOf(text);
  if (post) {
    if (!posts().some((p) => p.id === post)) return t("scan.not_my_post");
    standAt(post);
    go("/passage", true);
    return "";
  }
  const id = householdOf(text);
  if (!id) return t("scan.other");
  if (!store.doors.has(id)) return t("scan.not_mine");
  go(`/visit/${id}`, true);
  return "";
}

export function Scan(): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const [words, setWords] = useState("");
  const [blocked, setBlocked] = useState(false);

  useEffect(() => {
    let stream: MediaStream | null = null;
    let stopped = false;
    async function look(): Promise<void> {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      } catch {
        setBlocked(true);
        return;
      }
      const element = video.current;
      if (stopped || !element) return;
      element.srcObject = stream;
      await element.play();
      const reader = await detector();
      while (!stopped) {
        const [found] = await reader.detect(element).catch(() => []);
        if (found) {
          const answer = openCode(found.rawValue);
          if (!answer) return;
          setWords(answer);
        }
        await new Promise((done) => setTimeout(done, 150));
      }
    }
    void look();
    return () => {
      stopped = true;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);

  async function fromPicture(file: File | undefined): Promise<void> {
    if (!file) return;
    const [found] = await (await detector()).detect(await createImageBitmap(file)).catch(() => []);
    setWords(found ? openCode(found.rawValue) : t("scan.nothing"));
  }

  return (
    <main class="screen scan">
      <Head title={t("scan")} onBack={() => go("/doors")} />
      {blocked ? (
        <div class="note" data-tone="warn"><Icon name="warning" /><p>{t("scan.blocked")}</p></div>
      ) : (
        <div class="finder"><video ref={video} muted playsInline aria-label={t("scan")} /><i /></div>
      )}
      <p class="center" role="status">{words || t("scan.hint")}</p>
      <div class="grow" />
      <label class="btn big">
        <Icon name="qr" />{t("scan.picture")}
        <input class="sr" type="file" accept="image/*" capture="environment" onChange={(e) => void fromPicture(e.currentTarget.files?.[0])} />
      </label>
      <button class="btn big" onClick={() => go("/doors", true)}><Icon name="search" />{t("scan.by_hand")}</button>
    </main>
  );
}

/** A code that came as an address (#/d/… of a door, #/p/… of a call's post, #/at/… of a checkpoint). */
export function Code({ code }: { code: string }): JSX.Element {
  const [words] = useState(() => openCode(code));
  return <main class="screen"><Head title={t("scan")} onBack={() => go("/doors")} /><p class="note" data-tone="warn"><Icon name="qr" /><span>{words}</span></p></main>;
}
