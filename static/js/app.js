// Keys and small comforts. Everything works without this file; single keys rest while a field has focus, while a Vietnamese input
// method composes (Telex types s f r x j w as tones), and for whoever switched them off.
(() => {
  const off = () => document.documentElement.dataset.keys === "off";
  const typing = (event) => off() || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey ||
    event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog, .modal.show");
  const find = () => document.getElementById("find");

  const rows = () => [...document.querySelectorAll("tr:has(a.go), li:has(> a.go)")];
  const current = () => document.activeElement?.closest("tr:has(a.go), li:has(> a.go)") ||
    rows().find((row) => row.classList.contains("on"));
  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    all.forEach((row) => row.classList.toggle("on", row === next));
    next.querySelector("a.go").focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const mark = () => {
    const box = current()?.querySelector("input[type=checkbox]");
    if (!box) return;
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const go = (key) => {
    const link = document.querySelector(`[data-goto="${key}"]`);
    if (link) window.location.assign(link.href);
    return Boolean(link);
  };

  const keys = {
    "/": () => find()?.focus(),
    "j": () => move(1),
    "k": () => move(-1),
    "x": mark,
    "g": () => { leader = Date.now(); },
    "?": () => window.bootstrap?.Modal.getOrCreateInstance("#keys").show(),
    "[": () => document.querySelector("a[rel=prev]")?.click(),
    "]": () => document.querySelector("a[rel=next]")?.click(),
  };
  let leader = 0;

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k" && find()) {
      event.preventDefault();
      find().focus();
      find().select();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !event.isComposing) {
      const form = event.target.closest("form");
      if (form && form !== find()?.form) { event.preventDefault(); form.requestSubmit(form.querySelector("button.btn-primary") || undefined); }
      return;
    }
    if (typing(event)) return;
    const second = Date.now() - leader < 1200 && event.key !== "g";
    leader = 0;
    if (second && go(event.key)) { event.preventDefault(); return; }
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // A second click on a slow line must not send a second request.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    window.setTimeout(() => delete form.dataset.sent, 4000);
  });

  document.addEventListener("change", (event) => {
    if (event.target.type === "file") {
      const shown = event.target.parentElement.querySelector("[data-file-name]");
      if (shown) shown.textContent = [...event.target.files].map((file) => file.name).join(", ");
    }
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  // On a narrow screen the drawing opens at today, not six years ago.
  const toToday = (root) => root.querySelectorAll(".scroll:has(> .time)").forEach((box) => { box.scrollLeft = box.scrollWidth; });
  toToday(document);
  window.addEventListener("resize", () => toToday(document));

  // A table wider than its box is scrolled by the arrow keys too: the box is a stop of the tabulator as long as it is too narrow.
  const reach = () => document.querySelectorAll(".scroll:not([tabindex]), .scroll[data-wide]").forEach((box) => {
    const wide = box.scrollWidth > box.clientWidth;
    box.toggleAttribute("data-wide", wide);
    const name = box.querySelector("caption")?.textContent.trim();
    const set = (key, value) => (wide && value ? box.setAttribute(key, value) : box.removeAttribute(key));
    set("tabindex", "0");
    set("role", name && "group");
    set("aria-label", name);
  });
  reach();
  window.addEventListener("resize", reach);
  document.addEventListener("htmx:afterSettle", reach);

  // A panel fetched into the page is announced and reached by keyboard.
  document.addEventListener("htmx:afterSwap", (event) => {
    const head = event.target.querySelector("[data-focus]");
    if (head) { head.focus({ preventScroll: false }); }
    document.querySelectorAll("tr.on[data-why]").forEach((row) => row.classList.remove("on"));
    event.detail.requestConfig?.elt?.closest("tr[data-why]")?.classList.add("on");
  });

  document.addEventListener("htmx:responseError", () => {
    const box = document.getElementById("lost");
    if (box) box.hidden = false;
  });
  document.addEventListener("htmx:sendError", () => {
    const box = document.getElementById("lost");
    if (box) box.hidden = false;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const box = document.getElementById("lost");
    if (box && event.detail.successful) box.hidden = true;
  });
})();
