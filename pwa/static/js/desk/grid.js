/* Rows of five minutes: where a block stands is said by its classes at-… and len-…, since no style may be inline. */

export const STEP = 5;
export const LONGEST = 180 / STEP;

/** "09:30" for row 18 of a day that begins at 8. */
export function hourAt(first, row) {
  const minutes = first * 60 + row * STEP;
  return [minutes / 60, minutes % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
}

/** A block moved and stretched by some rows, kept inside the day. @returns {{at: number, len: number}} */
export function shifted({ at, len }, rows, more, last) {
  const length = Math.min(Math.max(1, len + more), LONGEST, last - at);
  return { at: Math.min(Math.max(0, at + rows), last - length), len: length };
}

/** Who gives the care in another column: the same person where they work there, else the first who does. */
export function whoAt(column, current) {
  const there = column.split(" ").filter(Boolean);
  return there.includes(current) ? current : (there[0] ?? current);
}

export const placeOf = (block) => ({ at: Number(block.dataset.at), len: Number(block.dataset.len) });

/** How many rows the day has. */
export function lastRow(day) {
  return day.querySelectorAll(".hour-rows > *").length * (60 / STEP);
}

/** How high a row is now, in pixels; 0 where the day is a list. */
export function rowHeight(day) {
  const [first, second] = day.querySelectorAll(".hour-rows > *");
  return second ? (second.getBoundingClientRect().top - first.getBoundingClientRect().top) / (60 / STEP) : 0;
}

/** Show a block elsewhere, until the server says where it is. */
export function show(block, { at, len }) {
  const others = [...block.classList].filter((name) => !/^(at|len)-\d+$/.test(name));
  block.className = [...others, `at-${at}`, `len-${len}`].join(" ");
}

/** The form that the server takes for what was done to a block, or null where nothing changed. */
export function formFor(block, column, { at, len }) {
  const from = placeOf(block);
  const base = `/bureau/rendez-vous/${block.dataset.visit}`;
  const { version, start, minutes, who } = block.dataset;
  if (len !== from.len) {
    const wanted = Number(minutes) + (len - from.len) * STEP;
    return { path: `${base}/duree`, fields: { version, minutes: wanted } };
  }
  const home = block.dataset.home ?? "";
  if (at === from.at && home === columnKey(column)) return null;
  const first = Number(column.closest(".day").dataset.first);
  const fields = { version, jour: column.dataset.day, praticien: whoAt(column.dataset.who, who) };
  if (column.dataset.chair) fields.fauteuil = column.dataset.chair;
  return { path: `${base}/deplacer`, fields: { ...fields, heure: moved(first, start, from.at, at) } };
}

export const columnKey = (column) => `${column.dataset.day} ${column.dataset.chair}`;

/** The new hour: the old one and what it was moved by, so that a start off the grid stays what it was. */
export function moved(first, start, from, to) {
  const [hours, minutes] = start.split(":").map(Number);
  return hourAt(0, (hours * 60 + minutes) / STEP + to - from);
}
