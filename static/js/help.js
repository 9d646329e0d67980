// Help beside the page, and the tour that points at things. The tour's engine is fetched when it is first wanted.
(() => {
  const files = document.currentScript.dataset;
  const offer = () => document.getElementById("tour-offer");

  const load = () => new Promise((resolve, reject) => {
    if (window.driver?.js) { resolve(); return; }
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: files.style });
    const script = Object.assign(document.createElement("script"), { src: files.driver, onload: resolve, onerror: reject });
    document.head.append(style, script);
  });

  const noteSeen = () => {
    const box = offer();
    if (!box) return;
    box.remove();
    const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
    fetch(box.dataset.seen, { method: "POST", headers: { "X-CSRFToken": token } });
  };

  const start = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) return;
    const { stops } = await answer.json();
    await load();
    window.bootstrap?.Offcanvas.getInstance("#help")?.hide();
    noteSeen();
    const words = document.documentElement.lang === "en"
      ? { nextBtnText: "Next", prevBtnText: "Back", doneBtnText: "Done", progressText: "{{current}} of {{total}}" }
      : { nextBtnText: "Tiếp", prevBtnText: "Trước", doneBtnText: "Xong", progressText: "{{current}}/{{total}}" };
    const steps = stops.filter((stop) => document.querySelector(stop.at))
      .map((stop) => ({ element: stop.at, popover: { description: stop.text } }));
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (steps.length) window.driver.js.driver({ ...words, showProgress: true, animate: !still, steps }).drive();
  };

  document.addEventListener("click", (event) => {
    const starter = event.target.closest("[data-tour-start]");
    if (starter) start(starter.dataset.tourStart);
    if (event.target.closest("[data-tour-away]")) noteSeen();
  });

  // Where the panel can be opened, the link need not leave the page.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches?.("[data-help]")) window.bootstrap?.Offcanvas.getOrCreateInstance("#help").show();
  });
})();
