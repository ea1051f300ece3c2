// The little that the browser does. Reading and sending forms works without it.
const doc = document;
const $ = (selector, root = doc) => root.querySelector(selector);
const all = (selector, root = doc) => [...root.querySelectorAll(selector)];
const on = (name, handler) => doc.addEventListener(name, handler);
doc.documentElement.classList.remove("no-js");

// --- toasts: good news goes by itself; what went wrong stays until read
const toasts = $("#toasts");
function dress(node) {
  const close = doc.createElement("button");
  Object.assign(close, { className: "toast-close", type: "button", textContent: "×" });
  close.setAttribute("aria-label", toasts.dataset.close);
  close.onclick = () => node.remove();
  node.append(close);
  if (/good|info/.test(node.dataset.tone)) setTimeout(() => node.remove(), 8000);
}
function toast(node) {
  toasts?.append(node);
  dress(node);
  if (toasts.children.length > 4) toasts.firstElementChild.remove();
}
const stored = (name) => toast($(`#toast-${name}`).content.firstElementChild.cloneNode(true));
if (toasts) [...toasts.children].forEach(dress);

// --- htmx
let pending = 0;
const loading = (step) => $("#loadbar")?.classList.toggle("on", (pending += step) > 0);
on("htmx:configRequest", ({ detail }) => {
  detail.headers["X-CSRFToken"] = $("meta[name=csrf-token]")?.content ?? "";
});
on("htmx:beforeRequest", () => loading(1));
on("htmx:afterRequest", () => loading(-1));
on("htmx:beforeSwap", ({ detail }) => {
  // 422 without a problem is a form with its errors.
  if (detail.xhr.status === 422 && !detail.xhr.getResponseHeader("X-Problem"))
    Object.assign(detail, { shouldSwap: true, isError: false });
});
on("htmx:responseError", ({ detail: { xhr } }) => {
  const found = xhr.getResponseHeader("X-Problem") &&
    $(".problem", new DOMParser().parseFromString(xhr.responseText, "text/html"));
  if (found) toast(found);
  else stored("error");
});
on("htmx:sendError", () => stored("network"));
on("htmx:timeout", () => stored("network"));
on("htmx:afterSwap", ({ detail: { target } }) => {
  rove();
  if (target.id === "dialog-body") {
    const heading = $("h1, h2", target);
    if (heading) $("#dialog-title").textContent = heading.textContent;
    heading?.remove();
    if (!$("#dialog").open) $("#dialog").showModal();
  }
  $("[data-autofocus]", target)?.focus();
});
// The server closes the dialog with the header HX-Trigger: lianfang:close.
on("lianfang:close", () => $("dialog[open]")?.close());

// --- branches of the area tree: loaded once, then they only fold
on("click", ({ target }) => {
  const opener = target.closest("[data-branch]");
  if (!opener) return;
  const open = opener.ariaExpanded !== "true";
  opener.ariaExpanded = open;
  $("#" + opener.getAttribute("aria-controls")).hidden = !open;
});

// --- dialogs and menus
const shut = (inside) => all("details.menu[open]").forEach((m) => m.contains(inside) || (m.open = false));
on("click", ({ target }) => {
  const opener = target.closest("[data-dialog]");
  shut(opener ? null : target);
  if (opener) $("#" + opener.dataset.dialog)?.showModal();
  else if (target.closest("[data-print]")) print();
  else if (target.matches("dialog")) target.close();
});

// --- paper
if ($("[data-print-now]")) onload = () => print();

// --- keys
on("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const find = target.closest("[data-find]");
  if (key === "Escape") {
    shut(null);
    if (find) $(".find-list", find).replaceChildren();
  } else if (find && key === "ArrowDown" && target.matches("input")) {
    $(".find-list a", find)?.focus();
    event.preventDefault();
  } else if (key.startsWith("Arrow")) move(event);
  if (target.matches("input:not([type=radio]), textarea, select") || $("dialog[open]")) return;
  const field = $('[data-shortcut="/"]');
  if (key === "/" && field) {
    field.focus();
    event.preventDefault();
  }
  if (key === "?") $("#keys")?.showModal();
});

// Arrows go to the nearest neighbour on the screen: no map is needed.
function move(event) {
  const from = event.target.closest("[data-arrows] a");
  if (!from) return;
  const area = from.closest("[data-arrows]");
  const centre = (node) => {
    const box = node.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };
  const [x, y] = centre(from);
  const side = /Left|Right/.test(event.key);
  const sign = /Right|Down/.test(event.key) ? 1 : -1;
  let best, least = Infinity;
  for (const node of all("a[href]", area)) {
    const [nx, ny] = centre(node);
    const ahead = (side ? nx - x : ny - y) * sign;
    const cost = ahead + 3 * Math.abs(side ? ny - y : nx - x);
    if (ahead > 4 && cost < least) [best, least] = [node, cost];
  }
  if (!best) return;
  event.preventDefault();
  if (area.dataset.roving) [from.tabIndex, best.tabIndex] = [-1, 0];
  best.focus();
}
// One tab stop for a whole wall; arrows move inside.
function rove() {
  for (const area of all(".wall:not([data-roving]), .front:not([data-roving])")) {
    area.dataset.roving = 1;
    all("a[href]", area).forEach((link, n) => (link.tabIndex = n ? -1 : 0));
  }
}
rove();

// --- a file dropped on its zone
on("change", ({ target }) => {
  const out = target.files?.length && $(".drop-file", target.closest("[data-drop]") ?? doc);
  if (!out) return;
  const { name, size } = target.files[0];
  out.textContent = `${name} · ${Math.ceil(size / 1024)} kB`;
  out.hidden = false;
});
for (const name of ["dragover", "dragleave", "drop"])
  on(name, (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("over", name === "dragover");
    if (name !== "drop") return;
    const field = $("input", zone);
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });

// --- network
const network = () => $("#offline") && ($("#offline").hidden = navigator.onLine);
addEventListener("online", network);
addEventListener("offline", network);
network();
