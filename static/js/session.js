// Two minutes before the session ends the page asks whether anybody is there. Nothing is ever reloaded: what was typed stays.
(() => {
  const box = document.getElementById("session-end");
  if (!box) return;
  const warn = Number(box.dataset.warn);
  const ended = box.querySelector("[data-ended]");
  const asks = box.querySelector("[data-asks]");
  let timer = 0;
  let over = false;

  const later = (seconds) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(look, Math.max(seconds, 1) * 1000);
  };

  // A sign-in in another tab gives forms another token; the ones on this page take it over, so that they can still be sent.
  const renew = (token) => {
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
    if (document.body.hasAttribute("hx-headers")) document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  };

  const show = (isOver) => {
    over = isOver;
    asks.hidden = isOver;
    ended.hidden = !isOver;
    if (!box.open) box.showModal();
  };

  const heard = (answer) => {
    if (answer.token) renew(answer.token);
    if (answer.left > warn) {
      if (box.open) box.close();
      over = false;
      later(answer.left - warn);
    } else {
      show(false);
      later(answer.left + 1);
    }
  };

  const look = async () => {
    try {
      const response = await fetch(box.dataset.left, { redirect: "manual", headers: { Accept: "application/json" } });
      if (response.ok) heard(await response.json());
      else show(true);
    } catch {
      later(30);
    }
  };

  box.querySelector("[data-stay]").addEventListener("click", async () => {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
    try {
      const response = await fetch(box.dataset.stay, { method: "POST", redirect: "manual", headers: { "X-CSRFToken": token } });
      if (response.ok) heard(await response.json());
      else show(true);
    } catch {
      later(5);
    }
  });
  box.querySelector("[data-check]").addEventListener("click", look);
  box.addEventListener("cancel", (event) => { if (over) event.preventDefault(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  later(Number(box.dataset.first) - warn);
})();
