// Keys and small comforts. Everything works without this file; single keys rest while a field has focus or a
// Vietnamese input method composes (Telex types s f r x j w as tones).
(() => {
  const typing = (event) => event.isComposing || event.ctrlKey || event.metaKey || event.altKey ||
    event.target.closest("input, textarea, select, [contenteditable]");
  const find = () => document.getElementById("find");

  const rows = () => [...document.querySelectorAll("tr:has(a.go), li:has(> a.go)")];
  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.classList.contains("on"));
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    all.forEach((row) => row.classList.toggle("on", row === next));
    next.querySelector("a.go").focus();
    next.scrollIntoView({ block: "nearest" });
  };

  const keys = {
    "/": () => find()?.focus(),
    "j": () => move(1),
    "k": () => move(-1),
    "?": () => window.bootstrap?.Modal.getOrCreateInstance("#keys").show(),
    "[": () => document.querySelector("a[rel=prev]")?.click(),
    "]": () => document.querySelector("a[rel=next]")?.click(),
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "k" && find()) {
      event.preventDefault();
      find().select();
      return;
    }
    if (event.key === "Escape" && event.target === find()) find().blur();
    if (typing(event)) return;
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
