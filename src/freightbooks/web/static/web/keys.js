// Small comforts; every page works without them. "/" finds, Escape closes the pane, one tick ticks all.
"use strict";
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.getElementById("why")?.focus();
  }
  if (event.key === "Escape" && !typing) document.querySelector("[data-close]")?.click();
});

document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("[data-submit]")) box.form.requestSubmit();
  if (!box.matches("[type=checkbox]") || !box.form) return;
  const boxes = [...box.form.elements].filter((one) => one.matches("input[type=checkbox][name=posting], input[type=checkbox][name=code]"));
  if (box.matches("[data-tick-all]")) boxes.forEach((one) => { one.checked = box.checked; });
  const said = box.form.querySelector("[data-ticked]");
  const count = boxes.filter((one) => one.checked).length;
  if (said) said.textContent = count ? `${count} ticked:` : "With the ticked ones:";
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "pane") return;
  const pane = document.getElementById("pane");
  document.getElementById("main").classList.toggle("with-pane", pane.classList.contains("open"));
  const open = new URLSearchParams(location.search).get("open");
  document.querySelectorAll(".docs tbody tr").forEach((row) => {
    const link = row.querySelector("a[hx-get]");
    row.classList.toggle("open", Boolean(link) && new URLSearchParams(link.search).get("open") === open);
  });
  pane.focus({ preventScroll: true });
});

// A select of account types narrows the select of accounts beside it; without script the accounts stand by type anyway.
document.querySelectorAll("[data-scripted]").forEach((one) => { one.hidden = false; });
document.querySelectorAll("select[data-narrows]").forEach((types) => {
  const accounts = document.getElementById(types.dataset.narrows);
  const groups = [...accounts.querySelectorAll("optgroup")];
  groups.forEach((group) => types.add(new Option(group.label)));
  types.value = accounts.selectedOptions[0]?.closest("optgroup")?.label ?? "";
  const narrow = () => groups.forEach((group) => { group.hidden = Boolean(types.value) && types.selectedOptions[0].text !== group.label; });
  types.addEventListener("change", () => {
    narrow();
    const chosen = accounts.selectedOptions[0]?.closest("optgroup");
    if (chosen?.hidden) accounts.value = "";
  });
  narrow();
});
