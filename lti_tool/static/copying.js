// A button beside each value that is to be copied. Without scripts a click on the value marks all of it.
document.querySelectorAll("[data-copy]").forEach((value) => {
  if (!navigator.clipboard) { return; }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm btn-outline-secondary copy";
  button.textContent = value.dataset.copy;
  button.setAttribute("aria-label", `${value.dataset.copy}: ${value.dataset.label}`);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(value.value ?? value.textContent);
    button.textContent = "✓";
    setTimeout(() => { button.textContent = value.dataset.copy; }, 2000);
  });
  value.after(" ", button);
});
