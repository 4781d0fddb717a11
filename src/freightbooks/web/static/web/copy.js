// Copy buttons. Without script they stay hidden, and the fields beside them can be selected by hand.
"use strict";
document.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.focus();
  field.select();
  let copied = false;
  try {
    await navigator.clipboard.writeText(field.value);
    copied = true;
  } catch {
    copied = document.execCommand("copy"); // over plain http there is no clipboard but this one
  }
  const word = button.firstChild;
  word.data = copied ? "Copied" : "Press Ctrl+C";
  button.setAttribute("aria-live", "polite");
  setTimeout(() => { word.data = "Copy"; }, 2000);
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches(".copyable [readonly]")) event.target.select();
});
