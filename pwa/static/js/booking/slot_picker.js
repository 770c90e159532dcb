/* The list by day: more days without leaving the page, and a place held in one tap.
   <section data-module="booking/slot_picker" data-triage="…" data-slots="/api/v1/slots" data-holds="/api/v1/holds">
     <div data-days> sections of days, forms with fields start and practitioner_id </div>
     <a data-more="2026-12-08" href="…">…</a>
     <template data-day> <section><h3></h3><ul class="day-slots"></ul></section> </template>
     <template data-slot> <li><form>… hidden fields, button.slot</form></li> </template>
     <p data-say="loading|none|error" hidden>…</p>
     <div data-say="taken" hidden><p>…</p><ul class="day-slots" data-others></ul></div> </section>
   Without script the same links and forms load whole pages. */

import { getJson, postJson } from "../lib/post.js";
import { say } from "../lib/say.js";

export function start(root) {
  const more = root.querySelector("[data-more]");
  more?.addEventListener("click", (event) => {
    event.preventDefault();
    showMore(root, more);
  });
  root.addEventListener("submit", (event) => {
    if (!event.target.elements.start || event.defaultPrevented) return;
    event.preventDefault();
    hold(root, event.target);
  });
}

async function showMore(root, more) {
  say(root, "loading");
  try {
    const listing = await getJson(slotsPath(root.dataset, more.dataset.more));
    const next = listing.next_from;
    const added = daysOf(listing, document.documentElement.lang).map((day) => daySection(root, day));
    root.querySelector("[data-days]").append(...added);
    more.hidden = !next;
    more.dataset.more = next ?? "";
    more.href = nextAddress(more.href, next);
    say(root, added.length ? "" : "none");
    added[0]?.querySelector("h3").focus();
  } catch (error) {
    say(root, "error", error.sentence);
  }
}

/** Where the next days are asked for. */
export function slotsPath({ slots = "/api/v1/slots", triage }, from) {
  return `${slots}?${new URLSearchParams({ triage, from })}`;
}

/** The answer of `/slots` as days of slots such as a 409 brings: there a start is but a minute and a number. */
export function daysOf({ days, practitioners, zone }, lang = "fr") {
  const slot = ([minute, number]) => {
    const start = new Date(minute * 60_000).toISOString();
    const { id, name } = practitioners[number];
    return { start, label: hour(start, zone, lang), practitioner: id, practitioner_name: name };
  };
  return days.map(({ day, label, starts }) => ({ day, label, slots: starts.map(slot) }));
}

/** "9 h 30" on the practice's own clock, wherever the phone is. */
export function hour(start, zone, lang) {
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "numeric", minute: "2-digit" });
  const [hours, minutes] = clock.format(new Date(start)).split(":");
  return lang === "en" ? `${+hours}:${minutes}` : `${+hours}\u202fh\u202f${minutes}`;
}

/** The same link for the page after: its `de` says the day, so that opening it in a new tab works too. */
export function nextAddress(href, from) {
  const url = new URL(href);
  if (from) url.searchParams.set("de", from);
  return url.href;
}

function daySection(root, day) {
  const section = copy(root, "day");
  const title = section.querySelector("h3");
  title.textContent = day.label;
  title.tabIndex = -1;
  section.querySelector("ul").append(...day.slots.map((slot) => slotItem(root, slot, day.label)));
  return section;
}

function slotItem(root, slot, dayLabel) {
  const item = copy(root, "slot");
  const form = item.querySelector("form");
  form.elements.start.value = slot.start;
  form.elements.practitioner_id.value = slot.practitioner;
  const button = form.querySelector("button");
  const name = document.createElement("small");
  name.textContent = slot.practitioner_name ?? "";
  button.replaceChildren(slot.label, name);
  button.setAttribute("aria-label", spoken(slot, dayLabel));
  return item;
}

/** What a screen reader says of a slot: day, hour, who. */
export function spoken(slot, dayLabel) {
  return [dayLabel, slot.label, slot.practitioner_name].filter(Boolean).join(", ");
}

const copy = (root, kind) => root.querySelector(`template[data-${kind}]`).content.firstElementChild.cloneNode(true);

async function hold(root, form) {
  const button = form.querySelector("button");
  button.setAttribute("aria-busy", "true");
  try {
    const body = { triage_id: root.dataset.triage, start: form.elements.start.value };
    const practitioner = form.elements.practitioner_id.value;
    form.dataset.once ??= crypto.randomUUID?.() ?? "";
    const path = root.dataset.holds ?? "/api/v1/holds";
    const { next } = await postJson(path, { ...body, practitioner_id: practitioner }, { once: form.dataset.once });
    delete form.dataset.once; // an answer: coming back to this page and choosing again is another wish
    location.assign(next);
  } catch (error) {
    button.removeAttribute("aria-busy");
    if (error.status !== 409) return say(root, "error", error.sentence);
    button.disabled = true; // taken: it stays in sight, it cannot be chosen
    showOthers(root, error);
  }
}

function showOthers(root, { sentence, problem }) {
  say(root, "taken", sentence);
  const list = root.querySelector("[data-others]");
  list?.replaceChildren(...(problem.other_starts ?? []).map((slot) => slotItem(root, slot, "")));
  root.querySelector("[data-say='taken']")?.scrollIntoView({ block: "center" });
}
