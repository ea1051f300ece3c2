// The little that the console does in the browser. Reading and sending forms works without it.
const $ = (selector, root = document) => root.querySelector(selector);
const root = document.documentElement;
root.classList.remove("no-js");

// --- toasts: server messages and problems
const toasts = $("#toasts");
function dress(node) {
  if ($(".toast-close", node)) return;
  const close = document.createElement("button");
  close.className = "toast-close";
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", toasts.dataset.close);
  close.onclick = () => node.remove();
  node.append(close);
  // Good news may go by itself; what went wrong stays until it is read.
  if (node.dataset.tone === "good" || node.dataset.tone === "info") setTimeout(() => node.remove(), 8000);
}
export function toast(node) {
  if (!toasts) return;
  toasts.append(node);
  dress(node);
  while (toasts.children.length > 4) toasts.firstElementChild.remove();
}
function stored(name) {
  const template = $(`#toast-${name}`);
  if (template) toast(template.content.firstElementChild.cloneNode(true));
}
if (toasts) [...toasts.children].forEach(dress);

// --- htmx
const on = (name, handler) => document.addEventListener(`htmx:${name}`, handler);
let pending = 0;
const loading = (step) => {
  pending = Math.max(0, pending + step);
  $("#loadbar")?.classList.toggle("on", pending > 0);
};
on("configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = $('meta[name="csrf-token"]')?.content ?? "";
});
on("beforeRequest", () => loading(1));
on("afterRequest", () => loading(-1));
on("beforeSwap", ({ detail }) => {
  // 422 without a problem is a form with its errors: show it where the form was.
  if (detail.xhr.status === 422 && !detail.xhr.getResponseHeader("X-Problem")) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});
on("responseError", ({ detail: { xhr } }) => {
  const found = xhr.getResponseHeader("X-Problem") &&
    $(".problem", new DOMParser().parseFromString(xhr.responseText, "text/html"));
  if (found) toast(document.adoptNode(found));
  else stored("error");
});
on("sendError", () => stored("network"));
on("timeout", () => stored("network"));
on("afterSwap", ({ detail }) => {
  rove(detail.elt);
  if (detail.target.id === "dialog-body") {
    const dialog = $("#dialog");
    const heading = $("h1,h2", detail.target);
    if (heading) {
      $("#dialog-title").textContent = heading.textContent;
      heading.remove();
    }
    if (!dialog.open) dialog.showModal();
  }
  $("[data-autofocus]", detail.target)?.focus();
});
// A server can send HX-Trigger: {"lianfang:close": null} to close the dialog.
document.addEventListener("lianfang:close", () => $("dialog[open]")?.close());

// --- dialogs
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  else if (event.target.matches("[data-print]")) print();
  else if (event.target.matches("dialog")) event.target.close(); // the veil
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

// --- keys
const typing = (target) => target.closest?.("input:not([type=radio]), textarea, select, [contenteditable]");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const { key, target } = event;
  if (key === "Escape") {
    document.querySelectorAll("details.menu[open]").forEach((menu) => (menu.open = false));
    const find = target.closest?.("[data-find]");
    if (find) $(".find-list", find).replaceChildren();
    return;
  }
  if (key === "ArrowDown" && target.matches?.("[data-find] input")) {
    $(".find-list a", target.form)?.focus();
    event.preventDefault();
    return;
  }
  if (!typing(target) && !$("dialog[open]")) {
    if (key === "/") {
      const field = $('[data-shortcut="/"]');
      if (field?.offsetParent) field.focus();
      event.preventDefault();
    }
    if (key === "?") $("#keys")?.showModal();
  }
  if (key.startsWith("Arrow")) move(event);
});

// Arrow keys go to the nearest neighbour on the screen, so walls and elevations need no maps.
function move(event) {
  const area = event.target.closest?.("[data-arrows]");
  const from = event.target.closest?.("a");
  if (!area || !from) return;
  const centre = (node) => {
    const box = node.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };
  const [x, y] = centre(from);
  const side = event.key === "ArrowLeft" || event.key === "ArrowRight";
  const sign = event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : -1;
  let best, least = Infinity;
  for (const node of area.querySelectorAll("a")) {
    const [nx, ny] = centre(node);
    const ahead = (side ? nx - x : ny - y) * sign;
    const aside = Math.abs(side ? ny - y : nx - x);
    const cost = ahead + 3 * aside;
    if (ahead > 4 && cost < least) [best, least] = [node, cost];
  }
  if (!best) return;
  event.preventDefault();
  if (from.tabIndex === 0 && area.dataset.roving) from.tabIndex = -1;
  best.tabIndex = 0;
  best.focus();
  best.scrollIntoView({ block: "nearest", inline: "nearest" });
}
// One tab stop for a wall of hundreds; arrows move inside.
function rove(scope) {
  for (const area of scope.querySelectorAll?.(".wall[data-arrows], .front[data-arrows]") ?? []) {
    const links = [...area.querySelectorAll("a[href]")];
    area.dataset.roving = "1";
    links.forEach((link, n) => (link.tabIndex = n ? -1 : 0));
  }
}
rove(document);

// --- file drop
document.addEventListener("change", ({ target }) => {
  const out = target.type === "file" && $(".drop-file", target.closest("[data-drop]") ?? undefined);
  if (!out || !target.files.length) return;
  const [file] = target.files;
  out.textContent = `${file.name} · ${Math.max(1, Math.round(file.size / 1024)).toLocaleString()} kB`;
  out.hidden = false;
});
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("over", name === "dragover");
    if (name !== "drop") return;
    const field = $("input[type=file]", zone);
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// --- network
const notice = $("#offline");
const network = () => notice && (notice.hidden = navigator.onLine);
addEventListener("online", network);
addEventListener("offline", network);
network();
