// Parts of a form that count only for one choice are shown only then. Without scripts they are always there.
document.querySelectorAll("[data-shown-when]").forEach((part) => {
  const choice = document.getElementById(part.dataset.shownWhen);
  const settle = () => { part.hidden = choice.value !== part.dataset.shownFor; };
  choice.addEventListener("change", settle);
  settle();
});
