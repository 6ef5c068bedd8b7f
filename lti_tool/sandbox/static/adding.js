// Closes the frame of a tool that says it has registered (subject "org.imsglobal.lti.close").
(() => {
  const frame = document.getElementById("registering");
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
    if (message?.subject === "org.imsglobal.lti.close") window.location.assign(frame.dataset.after);
  });
})();
