// Lets the tool in the frame ask for the height it needs (subject "lti.frameResize").
(() => {
  const frame = document.getElementById("tool");
  window.addEventListener("message", (event) => {
    if (event.origin !== frame.dataset.origin || event.source !== frame.contentWindow) return;
    let message = event.data;
    if (typeof message === "string") {
      try {
        message = JSON.parse(message);
      } catch {
        return;
      }
    }
    const height = Number(message?.height);
    if (message?.subject !== "lti.frameResize" || !Number.isFinite(height)) return;
    frame.style.height = `${Math.min(Math.max(height, 200), 6000)}px`;
  });
})();
