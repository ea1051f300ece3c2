/** Door codes: /d/<district>.<16 bytes of the household's id and a mark of the server, base64url>. */

import { idOf } from "./uuid";

/** Returns the household of a scanned address, or null for anything else. The server checks the mark. */
export function householdOf(text: string): string | null {
  const found = /(?:^|\/)d\/([0-9A-Za-z_-]{1,12})\.([\w-]{32})$/.exec(text.trim());
  if (!found) return null;
  try {
    const raw = atob(found[2]!.replace(/-/g, "+").replace(/_/g, "/"));
    return idOf(Uint8Array.from(raw, (c) => c.charCodeAt(0)));
  } catch {
    return null;
  }
}
