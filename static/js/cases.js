// Keying papers: Enter goes on, Ctrl+Enter takes in, dates are spelt out, parts nobody asked for are out of the way. Works without this file.
(() => {
  const paper = document.querySelector("form[data-paper]");
  const composing = (event) => event.isComposing || event.keyCode === 229;
  const main = () => {
    const open = document.activeElement?.closest("form");
    return open?.querySelector("[data-main]") || document.querySelector("main [data-main]");
  };

  const stops = () => [...paper.elements].filter((each) => each.offsetParent && !each.disabled && each.type !== "hidden");
  const onward = (from) => {
    const all = stops();
    const next = all[all.indexOf(from) + 1];
    if (!next) return;
    next.focus();
    if (next.select && next.type !== "checkbox") next.select();
  };

  document.addEventListener("keydown", (event) => {
    if (composing(event)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const button = main();
      if (button) { event.preventDefault(); button.click(); }
      return;
    }
    if (!paper) return;
    const act = { F2: "save", F9: "next" }[event.key];
    if (act) {
      const button = paper.querySelector(`button[value=${act}]`);
      if (button) { event.preventDefault(); button.click(); }
      return;
    }
    if (event.key === "Enter" && paper.contains(event.target) && event.target.matches("input, select")) {
      event.preventDefault();
      onward(event.target);
    }
  });

  if (paper) {
    // 21112026 and 5/3/2026 become 21/11/2026 and 05/03/2026; anything else is left for the server to explain.
    const spell = (text) => {
      const packed = /^(\d{2})(\d{2})(\d{4})$/.exec(text);
      const parted = /^(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4})$/.exec(text);
      const found = packed || parted;
      return found ? `${found[1].padStart(2, "0")}/${found[2].padStart(2, "0")}/${found[3]}` : text;
    };
    const asked = () => [...paper.querySelectorAll("input[name=benefits]:checked")].map((each) => each.value);
    const arrange = () => {
      const chosen = asked();
      paper.querySelectorAll("[data-benefits]").forEach((part) => {
        part.hidden = !part.dataset.benefits.split(" ").some((each) => chosen.includes(each));
      });
      paper.querySelectorAll("[data-when]").forEach((line) => {
        const other = paper.elements[`a-${line.dataset.when}`];
        line.hidden = !other || !line.dataset.in.split(" ").includes(other.value);
      });
    };
    paper.addEventListener("change", (event) => {
      if (event.target.matches("[data-date]")) event.target.value = spell(event.target.value.trim());
      arrange();
    });
    arrange();
    document.getElementById("problems")?.focus();

    // Signed in again in another tab: the form goes on with the new token.
    const token = () => document.cookie.split("; ").map((each) => each.split("=")).find(([name]) => /csrf/.test(name))?.[1];
    document.addEventListener("htmx:configRequest", (event) => {
      const fresh = token();
      if (fresh) {
        event.detail.headers["X-CSRFToken"] = fresh;
        document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((each) => { each.value = fresh; });
        event.detail.parameters.csrfmiddlewaretoken = fresh;
      }
    });
    const unsaved = (state) => { const box = document.getElementById("unsaved"); if (box) box.hidden = !state; };
    document.addEventListener("htmx:beforeSwap", (event) => {
      if (event.detail.target?.id !== "saved") return;
      // A sign-in page came instead of the word: nothing was kept.
      const good = event.detail.xhr.status === 200 && !event.detail.xhr.responseText.includes("<html");
      event.detail.shouldSwap = good;
      unsaved(!good);
    });
    document.addEventListener("htmx:sendError", () => unsaved(true));
  }

  // The refusal's reasons open with the choice that needs them.
  document.addEventListener("change", (event) => {
    if (event.target.name === "outcome") {
      const box = document.querySelector("[data-refusal]");
      if (box) box.open = event.target.value === "refuse";
    }
  });

  // Files dropped onto the form are chosen as if by hand.
  document.querySelectorAll("form[data-drop]").forEach((form) => {
    const input = form.querySelector("input[type=file]");
    ["dragover", "dragleave", "drop"].forEach((name) => form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.toggle("over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }));
  });
})();
