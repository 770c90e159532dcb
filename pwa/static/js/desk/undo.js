/* The offer to take a change back: there until the family is told. */

import { act } from "./act.js";

let timer = 0;

export function useUndo() {
  document.addEventListener("desk:put", countDown);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-undo]") || event.defaultPrevented) return;
    event.preventDefault();
    undo();
  });
  countDown();
}

/** Take the last change back, if that is still offered. */
export function undo() {
  const offer = document.querySelector("[data-undo]:not([hidden])");
  if (!offer) return;
  const wanted = { path: offer.getAttribute("action"), fields: new FormData(offer) };
  offer.hidden = true;
  act(() => wanted, offer.dataset.undo);
}

function countDown() {
  clearTimeout(timer);
  const offer = document.querySelector("[data-undo]");
  if (!offer) return;
  timer = setTimeout(() => {
    offer.hidden = true;
  }, Number(offer.dataset.milliseconds));
}
