/* Everything that a pointer does, by keys: the visit in question is the one with the focus, else the chosen one.
   Arrows are gathered until the hand rests, so that five presses are one move, and one to undo. */

import { act, hold, release } from "./act.js";
import { ask, isOpen, help } from "./dialogs.js";
import { formFor, lastRow, placeOf, shifted, show } from "./grid.js";
import { undo } from "./undo.js";

const REST = 600;
let gathering = null;
let letters = null;

export function useKeys(root) {
  document.addEventListener("keydown", (event) => {
    if (event.target.matches?.("input, select, textarea") || isOpen() || event.defaultPrevented) return;
    if (onArrow(event) || onUndo(event) || onLetter(event)) event.preventDefault();
  });
  letters = root.querySelector("[data-letters]");
  letters.addEventListener("change", () => remember(letters));
}

/** The visit that keys speak of. */
export function selected() {
  const focused = document.activeElement?.closest("[data-visit]");
  return focused ?? document.querySelector(".visit-chosen[data-visit]");
}

function onArrow(event) {
  const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!way || event.altKey === event.shiftKey || event.ctrlKey || event.metaKey) return false;
  const block = selected();
  if (!block) return false;
  const allowed = event.altKey ? "movable" : "resizable";
  if (allowed in block.dataset) gather(block, event.altKey, way);
  return true;
}

function gather(block, isMove, way) {
  if (gathering && (gathering.block !== block || gathering.isMove !== isMove)) settle();
  if (!gathering) {
    hold();
    gathering = { block, isMove, place: placeOf(block), timer: 0 };
  }
  const last = lastRow(block.closest(".day"));
  gathering.place = shifted(gathering.place, isMove ? way : 0, isMove ? 0 : way, last);
  show(block, gathering.place);
  clearTimeout(gathering.timer);
  gathering.timer = setTimeout(settle, REST);
}

function settle() {
  const { block, place, timer } = gathering;
  clearTimeout(timer);
  gathering = null;
  const column = block.closest(".chair");
  const wanted = formFor(block, column, place);
  act(() => wanted, block.dataset.visit);
  release();
}

function onUndo(event) {
  if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey)) return false;
  undo();
  return true;
}

function onLetter(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !letters.checked) return false;
  const block = selected();
  if (event.key === "?") help();
  else if (event.key.toLowerCase() === "t") document.querySelector(".day-nav .today").click();
  else if (event.key.toLowerCase() === "e" && block?.dataset.next) tap(block);
  else if (event.key.toLowerCase() === "m" && block && "movable" in block.dataset) ask(block);
  else return false;
  return true;
}

/** Arrived, in the chair, over: the usual next one. */
function tap({ dataset: { visit, version, stage, next } }) {
  const fields = { version, vu: stage, etat: next };
  const says = `[data-visit="${visit}"] p`;
  act(() => ({ path: `/bureau/rendez-vous/${visit}/etat`, fields, says }), visit);
}

/** The setting is the server's, so that it holds on this screen tomorrow too. */
function remember(box) {
  const fields = { lettres: box.checked ? "oui" : "non" };
  fetch(box.dataset.letters, { method: "POST", body: new URLSearchParams(fields), credentials: "same-origin" });
}
