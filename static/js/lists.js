// Marks in a list: the whole page at once, how many are marked. Without this file each box and both buttons still work.
(() => {
  const boxes = () => [...document.querySelectorAll("[data-list] tbody input[type=checkbox]")];
  const all = document.querySelector("[data-mark-all]");
  const told = document.querySelector("[data-marked]");
  const count = () => {
    const marked = boxes().filter((box) => box.checked).length;
    if (told) told.textContent = marked ? `(${marked})` : "";
    if (all) { all.checked = marked > 0 && marked === boxes().length; all.indeterminate = marked > 0 && !all.checked; }
  };
  all?.addEventListener("change", () => { boxes().forEach((box) => { box.checked = all.checked; }); count(); });
  document.addEventListener("change", (event) => { if (event.target.matches("[data-list] input")) count(); });
  document.addEventListener("posasoft:mark", count);
  if (all) count();

  // Of the changes that may be made to many, only the fields of the chosen one are shown.
  const form = document.querySelector("[data-bulk]");
  const show = () => form.querySelectorAll("[data-for]").forEach((part) => {
    part.hidden = form.querySelector("[name=change]:checked")?.value !== part.dataset.for;
  });
  if (form) { form.addEventListener("change", show); show(); }
})();
