// The size of the window goes with a report of an error.
(() => {
  for (const field of document.querySelectorAll("[data-screen]")) field.value = `${window.innerWidth}x${window.innerHeight}`;
})();
