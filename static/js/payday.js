// A QR opens this page with the line's id behind the hash: put it into the field, so that the family types three digits only.
(() => {
  const take = () => {
    const field = document.querySelector("[data-payday] [name=code]");
    const held = decodeURIComponent(location.hash.slice(1));
    if (!field || !/^[0-9a-f-]{36}$/i.test(held)) return;
    field.value = held;
    history.replaceState(null, "", location.pathname);
    document.querySelector("[data-payday] [name=tail]").focus();
  };
  window.addEventListener("hashchange", take);
  take();
})();
