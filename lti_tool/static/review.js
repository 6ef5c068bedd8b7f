// The reviewer's keys, off until they are switched on. Each presses the visible button that bears it. Without scripts the
// buttons are all there is, and that is enough.
(() => {
  const KEPT = "review-keys";
  const bar = document.querySelector("[data-undo-bar]");
  if (bar) {
    // Ten seconds, but not from under somebody's hand. Later it is undone from the list of what was decided.
    const away = () => {
      if (bar.matches(":hover") || bar.contains(document.activeElement)) { setTimeout(away, 2000); } else { bar.remove(); }
    };
    setTimeout(away, 10000);
  }

  document.querySelectorAll("[data-fills]").forEach((choice) => {
    const field = document.getElementById(choice.dataset.fills);
    choice.addEventListener("change", () => { field.value = choice.value; field.focus(); });
  });

  const part = document.querySelector("[data-keys]");
  const pressed = part?.querySelector("[data-keys-switch]");
  const isOn = () => { try { return localStorage.getItem(KEPT) === "on"; } catch { return false; } };
  const show = (on) => {
    if (!part) { return; }
    pressed.setAttribute("aria-pressed", String(on));
    document.querySelectorAll("[data-key]").forEach((button) => {
      if (on) { button.setAttribute("aria-keyshortcuts", button.dataset.key); } else { button.removeAttribute("aria-keyshortcuts"); }
    });
  };
  const turn = (on) => { try { localStorage.setItem(KEPT, on ? "on" : "off"); } catch { /* a frame may keep nothing */ } show(on); };
  if (part) {
    part.hidden = false;
    show(isOn());
    pressed.addEventListener("click", () => turn(!isOn()));
    const help = part.querySelector("[data-keys-help]");
    const asked = part.querySelector("[data-keys-asked]");
    asked.addEventListener("click", () => {
      help.hidden = !help.hidden;
      asked.setAttribute("aria-expanded", String(!help.hidden));
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || !isOn()) { return; }
    if (event.target.closest("input, textarea, select, [contenteditable]")) { return; }
    const button = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!button) { return; }
    event.preventDefault();
    if (button.tagName === "SUMMARY") {
      button.parentElement.open = true;
      button.parentElement.querySelector("textarea").focus();
    } else { button.click(); }
  });
})();
