/* The list by day: more days without leaving the page, and a place held in one tap.
   <section data-module="booking/slot_picker" data-triage="…" data-site="…" data-slots="/api/v1/slots" data-holds="/api/v1/holds">
     <div data-days> sections of days, forms with fields start and practitioner_id </div>
     <a data-more="2026-12-08" href="…">…</a>
     <template data-day> <section><h3></h3><ul class="day-slots"></ul></section> </template>
     <template data-slot> <li><form>… hidden fields, button.slot</form></li> </template>
     <p data-say="loading|none|error" hidden>…</p>
     <div data-say="taken" hidden><p>…</p><ul class="day-slots" data-others></ul></div> </section>
   Without script the same links and forms load whole pages. */

import { getJson, postJson } from "../lib/post.js";
import { say } from "../lib/say.js";
import { daysOf, nextAddress, slotsPath, spoken } from "./listing.js";

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
