/** Notices when somebody sets the phone's clock back while entries wait to be sent. */

import { database } from "./db";

let base = Date.now() - performance.now();

/**
 * Adds a jump of the clock to the waiting entries, so that the server can correct them although
 * the clock is right by then. Only backwards: a phone that slept looks like one set forward.
 */
export async function watchClock(): Promise<void> {
  const now = Date.now() - performance.now();
  const jump = now - base;
  base = now;
  if (jump > -5_000) return;
  const tx = (await database()).transaction("outbox", "readwrite");
  for await (const cursor of tx.store.index("state").iterate("waiting")) {
    await cursor.update({ ...cursor.value, skew: cursor.value.skew + Math.round(jump) });
  }
  await tx.done;
}
