// The counter: read the QR of a letter where the browser can, ask for a proxy only when there is one. Works without this file.
(() => {
  // Chrome on phones reads codes itself; Firefox, Safari and browsers of desks read with jsQR, fetched at the first press.
  const readers = {
    own: async () => {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async (video) => (await detector.detect(video).catch(() => []))[0]?.rawValue;
    },
    fetched: async (address) => {
      if (!window.jsQR) {
        await new Promise((done, fail) => {
          const script = Object.assign(document.createElement("script"), { src: address, onload: done, onerror: fail });
          document.head.append(script);
        });
      }
      const canvas = document.createElement("canvas");
      const paper = canvas.getContext("2d", { willReadFrequently: true });
      return async (video) => {
        [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
        paper.drawImage(video, 0, 0);
        const { data, width, height } = paper.getImageData(0, 0, canvas.width, canvas.height);
        return window.jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data;
      };
    },
  };
  const ownReader = async () => "BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats().catch(() => [])).includes("qr_code");
  const seek = document.querySelector("form[data-counter]");
  const scan = seek?.querySelector("[data-scan]");
  if (scan && navigator.mediaDevices?.getUserMedia) {
    const dialog = seek.querySelector("[data-scanner]");
    const video = dialog.querySelector("video");
    const failed = dialog.querySelector("[data-scan-failed]");
    let stream = null;
    const stop = () => {
      stream?.getTracks().forEach((track) => track.stop());
      stream = null;
      if (dialog.open) dialog.close();
    };
    const look = async (read) => {
      if (!stream) return;
      const found = video.readyState >= 2 ? await read(video) : "";
      if (!stream) return;
      if (found) {
        seek.elements.q.value = found;
        stop();
        seek.requestSubmit();
        return;
      }
      setTimeout(() => look(read), 100);
    };
    scan.hidden = false;
    scan.addEventListener("click", async () => {
      failed.hidden = true;
      dialog.showModal();
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
        const read = await ((await ownReader()) ? readers.own() : readers.fetched(scan.dataset.scan));
        // Closed while the camera was being asked for.
        if (!dialog.open) { stop(); return; }
        video.srcObject = stream;
        await video.play();
        look(read);
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
