/* What the desk does, one thing after the other. The forms are the page's own and their answer is a whole
   page, of which the panes are put in the place of the old ones: what is shown is always what the server says. */

import { say } from "../lib/say.js";

const PATIENCE = 15_000;
const root = () => document.querySelector("[data-module='desk/day']");
let line = Promise.resolve();
let holds = 0;
let due = null;

/** Do something once all before it is done. `make` gives {path, fields} then, or null; `says` too, where
    what is heard afterwards is not the offer to undo. */
export function act(make, visit) {
  line = line.then(() => attempt(() => post(make(), visit)));
  return line;
}

/** Look again, unless the page shows that `stamp` already. */
export function refresh(stamp = null) {
  if (holds) {
    due = { stamp };
    return;
  }
  line = line.then(() => attempt(() => look(stamp)));
}

/** Nothing is replaced under a hand that moves something. */
export function hold() {
  holds += 1;
}

export function release() {
  holds -= 1;
  if (holds || !due) return;
  const { stamp } = due;
  due = null;
  refresh(stamp);
}

async function attempt(work) {
  try {
    await work();
    say(root(), "");
  } catch {
    say(root(), "lost");
    hear(root().querySelector("[data-say='lost']").textContent);
  }
}

async function post(wanted, visit) {
  if (!wanted) return;
  const [fresh, address] = await page(wanted.path, { method: "POST", body: new URLSearchParams(wanted.fields) });
  const isWeek = document.querySelector(".panes-1");
  const mistake = fresh.querySelector(".day-message");
  put(isWeek ? (await page(location.href))[0] : fresh, { visit });
  if (isWeek && mistake) document.querySelector(".day-tools").after(mistake);
  if (!isWeek && address) history.replaceState(null, "", address);
  hear((mistake ?? document.querySelector(wanted.says ?? "[data-undo] p"))?.textContent ?? "");
}

async function look(stamp) {
  if (stamp !== null && stamp === document.querySelector(".day").dataset.stamp) return;
  put((await page(location.href))[0], { keep: true });
}

async function page(path, options = {}) {
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await fetch(path, { ...options, credentials: "same-origin", signal });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!fresh.querySelector(".panes")) location.reload(); // signed out, or no longer staff
  return [fresh, answer.redirected ? answer.url : ""];
}

/** Put a page's panes in the place of ours; the focus and what was scrolled stay. */
function put(fresh, { visit, keep = false }) {
  const day = document.querySelector(".day");
  const scrolled = [day.scrollTop, day.scrollLeft];
  const focus = focusKey(visit);
  const parts = keep && isInUse() ? [".pane-queue", ".pane-day"] : [".panes"];
  for (const part of [...parts, ".day-nav", ".counters"]) replace(part, fresh);
  document.title = fresh.title;
  document.querySelector(".day").scrollTo(scrolled[1], scrolled[0]);
  if (focus) document.querySelector(focus)?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("desk:put"));
}

function replace(part, fresh) {
  const [old, other] = [document.querySelector(part), fresh.querySelector(part)];
  if (old && other) old.replaceWith(document.adoptNode(other));
}

function isInUse() {
  const panel = document.querySelector(".pane-panel");
  return panel && (panel.contains(document.activeElement) || panel.querySelector("details[open]"));
}

function focusKey(visit) {
  const block = visit ?? document.activeElement?.closest("[data-visit]")?.dataset.visit;
  if (block) return `[data-visit="${block}"] a`;
  const href = document.activeElement?.getAttribute("href");
  return href ? `a[href="${CSS.escape(href)}"]` : null;
}

/** Say it to those who do not see it. */
function hear(words) {
  root().querySelector("[data-heard]").textContent = words.trim();
}
