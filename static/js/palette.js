// The box of search answers while one types: a list under the box, a whole screen on a phone, reached by keys alone.
// Without this file the box is a form that opens the page of results.
(() => {
  const input = document.getElementById("find");
  const box = document.getElementById("found");
  if (!input || !box) return;
  const form = input.form;
  const PAUSE = 250;
  let timer = 0;
  let asked = null;
  let composing = false;

  const options = () => [...box.querySelectorAll("[role=option]")];
  const active = () => box.querySelector("[aria-selected=true]");
  const open = (is) => {
    box.hidden = !is;
    input.setAttribute("aria-expanded", String(is));
    if (!is) input.removeAttribute("aria-activedescendant");
  };
  const whole = (is) => form.classList.toggle("whole", is);

  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const body = new FormData();
    body.append("q", input.value);
    body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    try {
      const answer = await fetch(form.dataset.find, { method: "POST", body, signal: asked.signal, headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || answer.redirected) { open(false); return; }
      box.innerHTML = await answer.text();
      open(document.activeElement === input && box.children.length > 0);
    } catch (error) {
      if (error.name !== "AbortError") open(false);
    }
  };
  const soon = (pause) => { window.clearTimeout(timer); timer = window.setTimeout(ask, pause); };

  const point = (option) => {
    options().forEach((one) => one.setAttribute("aria-selected", String(one === option)));
    if (!option) { input.removeAttribute("aria-activedescendant"); return; }
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const all = options();
    if (!all.length) return;
    const at = all.indexOf(active());
    point(all[(at + by + all.length + (at < 0 && by < 0 ? 1 : 0)) % all.length]);
  };
  const follow = (option, elsewhere) => {
    if (elsewhere) window.open(option.dataset.go, "_blank", "noopener");
    else window.location.assign(option.dataset.go);
  };

  // Telex and VNI replace what was typed until the word is done: nothing is asked before.
  input.addEventListener("compositionstart", () => { composing = true; window.clearTimeout(timer); });
  input.addEventListener("compositionend", () => { composing = false; soon(PAUSE); });
  input.addEventListener("input", (event) => { if (!composing && !event.isComposing) soon(PAUSE); });
  input.addEventListener("focus", () => { whole(true); soon(0); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || composing || event.keyCode === 229) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (box.hidden) soon(0); else step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !box.hidden && active()) {
      event.preventDefault();
      follow(active(), event.ctrlKey || event.metaKey);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (box.hidden) input.blur(); else open(false);
    }
  });
  box.addEventListener("mousedown", (event) => event.preventDefault());
  box.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) follow(option, event.ctrlKey || event.metaKey);
  });
  form.addEventListener("focusout", (event) => {
    if (form.contains(event.relatedTarget)) return;
    window.clearTimeout(timer);
    open(false);
    whole(false);
  });
  form.querySelector("[data-close]")?.addEventListener("click", () => { open(false); whole(false); input.blur(); });
  form.addEventListener("submit", (event) => {
    if (!input.value.trim()) event.preventDefault();
    window.clearTimeout(timer);
  });
})();
