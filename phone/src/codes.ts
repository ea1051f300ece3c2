/** Door codes: /d/<district>.<the household's id, the card's number, a signature; base64url> (services/cards.py). */

import { idOf } from "./uuid";

/** Returns the call whose post's code was scanned (…/c/post/<district>~<id>~<signature>), or null. */
export function callOf(text: string): string | null {
  const found = /(?:^|\/)c\/post\/\w{1,12}~([0-9a-f]{32})~[\w-]+$/.exec(text.trim());
  if (!found) return null;
  const hex = found[1]!;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Returns the post whose code was scanned (…/posts/<district>/<id>), or null. */
export function postOf(text: string): string | null {
  return /(?:^|\/)posts\/\w{1,12}\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/.exec(text.trim())?.[1] ?? null;
}

/** Returns the household of a scanned address, or null for anything else. Only the server can tell a forged one. */
export function householdOf(text: string): string | null {
  const found = /(?:^|\/)d\/([0-9A-Za-z]{1,12})\.([\w-]{32})$/.exec(text.trim());
  if (!found) return null;
  try {
    const raw = atob(found[2]!.replace(/-/g, "+").replace(/_/g, "/"));
    return idOf(Uint8Array.from(raw, (c) => c.charCodeAt(0)));
  } catch {
    return null;
  }
}
