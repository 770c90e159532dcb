/* Dragging a visit elsewhere, and pulling its lower edge. A finger scrolls instead: it has the form. */

import { act, hold, release } from "./act.js";
import { columnKey, formFor, lastRow, placeOf, rowHeight, shifted, show } from "./grid.js";

const SLACK = 4; // pixels that a click may wander
let drag = null;

export function useDrag() {
  document.addEventListener("dragstart", (event) => {
    if (event.target.closest?.("[data-visit]")) event.preventDefault();
  });
  document.addEventListener("pointerdown", begin);
  document.addEventListener("pointermove", follow);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", giveUp);
  document.addEventListener("keydown", (event) => event.key === "Escape" && giveUp());
}

function begin(event) {
  const block = event.target.closest?.("[data-visit]");
  if (!block || event.button || event.pointerType === "touch" || drag) return;
  const pulled = event.target.matches("[data-edge]");
  const day = block.closest(".day");
  const row = rowHeight(day);
  if (!row || !((pulled ? "resizable" : "movable") in block.dataset)) return;
  const column = block.closest(".chair");
  block.dataset.home = columnKey(column);
  drag = { block, day, row, pulled, column, home: column, x: event.clientX, y: top(event, day), begun: false };
}

const top = (event, day) => event.clientY + day.scrollTop;

function follow(event) {
  if (!drag) return;
  const rows = (top(event, drag.day) - drag.y) / drag.row;
  if (!drag.begun && Math.hypot(event.clientX - drag.x, rows * drag.row) < SLACK) return;
  if (!drag.begun) start();
  const { block, pulled, day } = drag;
  const steps = Math.round(rows);
  drag.place = shifted(placeOf(block), pulled ? 0 : steps, pulled ? steps : 0, lastRow(day));
  if (!pulled) enter(columnUnder(event.clientX) ?? drag.column);
  show(block, drag.place);
}

function start() {
  drag.begun = true;
  hold();
  drag.block.classList.add("visit-dragged");
  document.body.classList.add("dragging");
}

function columnUnder(x) {
  return [...drag.day.querySelectorAll(".chair")].find((column) => {
    const { left, right } = column.getBoundingClientRect();
    return left <= x && x < right;
  });
}

function enter(column) {
  if (column === drag.column) return;
  drag.column = column;
  column.querySelector(".chair-rows").append(drag.block);
}

function drop() {
  if (!drag) return;
  const { block, column, begun, place } = drag;
  if (begun) {
    addEventListener("click", stopClick, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", stopClick, { capture: true }), 0);
    const wanted = formFor(block, column, place);
    act(() => wanted, block.dataset.visit);
  }
  end();
}

function stopClick(event) {
  event.preventDefault();
  event.stopPropagation();
}

function giveUp() {
  if (!drag) return;
  const { block, home, begun } = drag;
  if (begun) {
    home.querySelector(".chair-rows").append(block);
    show(block, placeOf(block));
  }
  end();
}

function end() {
  const { block, begun } = drag;
  drag = null;
  block.classList.remove("visit-dragged");
  document.body.classList.remove("dragging");
  if (begun) release();
}
