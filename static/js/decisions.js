// The chair's desk: one box ticks all; a paper opened beside the list takes the focus. Everything works without this file.
(() => {
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-choose]");
    if (!form) return;
    const boxes = [...form.querySelectorAll("input[name=id]")];
    const all = form.querySelector("[data-all]");
    if (event.target === all) boxes.forEach((box) => { box.checked = all.checked; });
    if (all) { all.checked = boxes.length > 0 && boxes.every((box) => box.checked); all.indeterminate = !all.checked && boxes.some((box) => box.checked); }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "panel") event.target.querySelector("#panel-title")?.focus();
  });
})();
