/* Moving by a form, and the list of shortcuts. Both dialogs stand in the page. */

import { act } from "./act.js";

const dialog = (name) => document.querySelector(`[data-dialog="${name}"]`);

export const isOpen = () => document.querySelector("dialog[open]") !== null;
export const help = () => dialog("help").showModal();

export function useDialogs() {
  document.addEventListener("click", (event) => {
    const deed = event.target.closest("[data-do]")?.dataset.do;
    if (deed === "print") print();
    if (deed === "help") help();
    if (deed === "close") event.target.closest("dialog").close();
  });
  dialog("move").addEventListener("submit", send);
  document.addEventListener("desk:put", showButtons);
  showButtons();
}

function showButtons() {
  document.querySelectorAll(".day-tools [data-do]").forEach((button) => {
    button.hidden = false;
  });
}

/** Ask where a visit is to go. */
export function ask(block) {
  const column = block.closest(".chair");
  const form = dialog("move").querySelector("form");
  const { visit, version, start, who } = block.dataset;
  dialog("move").dataset.moves = visit;
  form.querySelector("[data-whom]").textContent = block.querySelector("a").textContent;
  const values = { version, jour: column.dataset.day, heure: start, praticien: who, fauteuil: column.dataset.chair };
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  dialog("move").showModal();
}

function send(event) {
  event.preventDefault();
  const { moves: visit } = dialog("move").dataset;
  const wanted = { path: `/bureau/rendez-vous/${visit}/deplacer`, fields: new FormData(event.target) };
  dialog("move").close();
  act(() => wanted, visit);
}
