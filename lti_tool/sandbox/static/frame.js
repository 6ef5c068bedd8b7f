// Lets the tool in the frame ask for the height it needs, or for its top to be shown. Both names of a message are
// heard, and a message that is JSON text; only the tool itself is listened to.
(() => {
  const frame = document.getElementById("tool");
  const origins = frame.dataset.origins.split(" ");

  const resize = ({ height }) => {
    const pixels = Number(height);
    if (Number.isFinite(pixels)) frame.style.height = `${Math.min(Math.max(pixels, 200), 6000)}px`;
  };
  const answers = new Map([
    ["lti.frameResize", resize],
    ["org.imsglobal.lti.frameResize", resize],
    ["lti.scrollToTop", () => frame.scrollIntoView()],
    ["org.imsglobal.lti.scrollToTop", () => frame.scrollIntoView()],
  ]);

  const read = (data) => {
    if (typeof data !== "string") return data;
    try {
      return JSON.parse(data);
    } catch {
      return null;
    }
  };

  window.addEventListener("message", (event) => {
    if (!origins.includes(event.origin) || event.source !== frame.contentWindow) return;
    const message = read(event.data);
    answers.get(message?.subject)?.(message);
  });
})();
