// Parts of a form that count only for one choice are shown only then. Without scripts they are always there.
document.querySelectorAll("[data-shown-when]").forEach((part) => {
  const choice = document.getElementById(part.dataset.shownWhen);
  const settle = () => { part.hidden = choice.value !== part.dataset.shownFor; };
  choice.addEventListener("change", settle);
  settle();
});

// The second half of a double click must not send a form again. After a moment the button works anew.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") { return; }
  const pressed = event.submitter || event.target;
  if (Date.now() - (pressed.dataset.sent || 0) < 2000) { event.preventDefault(); }
  else { pressed.dataset.sent = Date.now(); }
});

// What goes on in another window leaves a page behind that says where to look, and no button that works only once.
document.querySelectorAll("[data-until-sent]").forEach((part) => {
  part.addEventListener("submit", () => setTimeout(() => { part.hidden = true; }));
});
