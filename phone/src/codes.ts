/** Door codes: /d/<district>.<the household's id, the card's number, a signature; base64url> (services/cards.py). */

import { idOf } from "./uuid";

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
