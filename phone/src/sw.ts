/** The service worker: the app's files, all of one version, whether there is a network or not. */

export type {};
declare const self: ServiceWorkerGlobalScope;

const VERSION = "__VERSION__";
const FILES = "__FILES__" as unknown as string[];
const CACHE = `phone-${VERSION}`;
const READER = "phone-reader";

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      await cache.addAll(FILES.map((f) => new Request(`/phone/${f}`, { cache: "reload" })));
      // A page that is open goes on with the version that it was loaded with: its files stay in
      // the old cache until every window has been closed or reloaded.
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const mine = (await caches.keys()).filter((k) => k.startsWith("phone-") && k !== READER);
      const old = mine.filter((k) => k !== CACHE);
      // The version before stays for pages that are still open with it.
      await Promise.all(old.slice(0, -1).map((k) => caches.delete(k)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !url.pathname.startsWith("/phone/")) return;
  event.respondWith(answer(event.request, url));
});

async function answer(request: Request, url: URL): Promise<Response> {
  if (request.mode === "navigate") {
    const page = await (await caches.open(CACHE)).match("/phone/index.html");
    return page ?? fetch(request);
  }
  const found = await caches.match(request, { ignoreSearch: true });
  if (found) return found;
  const response = await fetch(request);
  if (response.ok && url.pathname.endsWith(".wasm")) {
    await (await caches.open(READER)).put(request, response.clone());
  }
  return response;
}
