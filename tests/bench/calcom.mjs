// cal.com's slot engine, cut out of its published bundle: `node calcom.mjs DIST < question`, answer on stdout.
// The question: {from, to, zone, busy: [[start, end]], rounds}; the answer: {slots, rounds: [milliseconds]}, each
// round in two: the weekly hours as ranges of the days, then what is left of them, as slots.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const dist = process.argv[2];
const bundle = readFileSync(join(dist, "slots.js"), "utf8");
const engine = bundle.slice(bundle.indexOf("const minimumOfOne"), bundle.indexOf("const getSlots ="));
const ranges = /from "\.\/(date-ranges-[^"]+)"/.exec(bundle)[1];
const plugins = /import "\.\/(index-[^"]+)"/.exec(readFileSync(join(dist, ranges), "utf8"))[1];
const cut = join(dist, "bench-slots.mjs");
writeFileSync(
  cut,
  `import dayjs from "dayjs";\nimport "./${plugins}";\n${engine}\nexport { buildSlotsWithDateRanges, dayjs };\n`,
);

const { buildSlotsWithDateRanges, dayjs } = await import(pathToFileURL(cut));
const { b: buildDateRanges, s: subtract } = await import(pathToFileURL(join(dist, ranges)));
const question = JSON.parse(readFileSync(0, "utf8"));
const clock = (hour) => new Date(Date.UTC(1970, 0, 1, hour));
const availability = [[9, 12], [14, 19]].map(([starts, ends]) => ({
  days: [1, 2, 3, 4, 5],
  startTime: clock(starts),
  endTime: clock(ends),
}));

function openings() {
  const { dateRanges } = buildDateRanges({
    availability,
    timeZone: question.zone,
    dateFrom: dayjs(question.from).tz(question.zone),
    dateTo: dayjs(question.to).tz(question.zone),
    travelSchedules: [],
  });
  return dateRanges;
}

function slots(dateRanges) {
  const busy = question.busy.map(([start, end]) => ({ start: dayjs(start), end: dayjs(end) }));
  return buildSlotsWithDateRanges({
    dateRanges: subtract(dateRanges, busy),
    frequency: 30,
    eventLength: 30,
    timeZone: question.zone,
    minimumBookingNotice: 0,
  });
}

const rounds = [];
let found = [];
for (let round = 0; round < question.rounds; round += 1) {
  const began = performance.now();
  const dateRanges = openings();
  const opened = performance.now();
  found = slots(dateRanges);
  rounds.push([opened - began, performance.now() - opened]);
}
console.log(JSON.stringify({ slots: found.map((slot) => slot.time.toISOString()), rounds }));
