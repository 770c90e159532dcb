/* What the list by day asks for, and the answer in the words of the page. Nothing here touches a page. */

/** Where the next days are asked for. */
export function slotsPath({ slots = "/api/v1/slots", triage, site }, from) {
  return `${slots}?${new URLSearchParams({ triage, from, ...(site && { site }) })}`;
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

/** What a screen reader says of a slot: day, hour, who. */
export function spoken(slot, dayLabel) {
  return [dayLabel, slot.label, slot.practitioner_name].filter(Boolean).join(", ");
}
