// The counter: read the QR of a letter where the browser can, ask for a proxy only when there is one. Works without this file.
(() => {
  const seek = document.querySelector("form[data-counter]");
  const scan = seek?.querySelector("[data-scan]");
  if (scan && "BarcodeDetector" in window && navigator.mediaDevices?.getUserMedia) {
    const dialog = seek.querySelector("[data-scanner]");
    const video = dialog.querySelector("video");
    const failed = dialog.querySelector("[data-scan-failed]");
    let stream = null;
    const stop = () => {
      stream?.getTracks().forEach((track) => track.stop());
      stream = null;
      if (dialog.open) dialog.close();
    };
    const look = async (reader) => {
      if (!stream) return;
      const found = video.readyState >= 2 ? await reader.detect(video).catch(() => []) : [];
      if (!stream) return;
      if (found.length) {
        seek.elements.q.value = found[0].rawValue;
        stop();
        seek.requestSubmit();
        return;
      }
      requestAnimationFrame(() => look(reader));
    };
    scan.hidden = false;
    scan.addEventListener("click", async () => {
      failed.hidden = true;
      dialog.showModal();
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
        video.srcObject = stream;
        await video.play();
        look(new BarcodeDetector({ formats: ["qr_code"] }));
      } catch {
        stop();
        dialog.showModal();
        failed.hidden = false;
      }
    });
    dialog.addEventListener("close", stop);
    dialog.querySelector("[data-scan-stop]").addEventListener("click", stop);
  }

  const proxy = document.querySelector("[data-proxy]");
  if (proxy) {
    const form = proxy.closest("form");
    const arrange = () => { proxy.hidden = form.elements.who.value !== "other"; };
    form.addEventListener("change", arrange);
    arrange();
  }
  // One press, one form; the server takes the second for the first in any case.
  document.querySelectorAll("form[data-once]").forEach((form) => {
    form.addEventListener("submit", () => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }));
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-once] button").forEach((button) => { button.disabled = false; }));
})();
