// What everybody's minutes went into in the last seven days.

import { bars, rowsThatFit } from "./chart_bars.js";
import { number } from "./chart_style.js";
import { say } from "./words.js";

const WEEK = 7;
const TOLD = 8; // activities in a sentence

function means(now, side) {
  const days = now.films[side].totals.slice(Math.max(0, now.full - WEEK), now.full);
  return now.films[side].place.activities.map((_, place) => days.reduce((sum, day) => sum + day.minutes[place], 0) / Math.max(1, days.length));
}

// The activities that took time; those beyond `most` are summed up.
function activities(now, most = Infinity) {
  const each = now.films.map((_, side) => means(now, side));
  const rows = now.films[0].place.activities
    .map((name, place) => ({ name: say(`activity_${name}`), spent: each.map((minutes) => minutes[place]) }))
    .filter(({ spent }) => spent.some((minutes) => minutes >= 0.5))
    .sort((one, other) => Math.max(...other.spent) - Math.max(...one.spent));
  if (rows.length <= most) return rows;
  const rest = rows.slice(most - 1);
  const sums = now.films.map((_, side) => rest.reduce((sum, { spent }) => sum + spent[side], 0));
  return [...rows.slice(0, most - 1), { name: say("view_chart_other", { n: rest.length }), spent: sums }];
}

function total(now, side) {
  return means(now, side).reduce((sum, minutes) => sum + minutes, 0);
}

export const minutes = {
  name: "minutes",
  sample: "bar",
  version: (now) => now.full,
  count: (now) => activities(now).length,
  summed: true, // the last row of those that fit stands for all others

  option(now, room) {
    const rows = activities(now, rowsThatFit(room, now.films.length)).map(({ name, spent }) => ({ name, bars: spent.map((value) => ({ value })), text: spent.map((value) => number(value)).join(" · ") }));
    return bars({ rows, sides: now.films.length, room });
  },

  values: (now) => now.films.map((_, side) => (now.full ? number(total(now, side)) : "–")),

  sentence(now, side) {
    if (!now.full) return say("view_chart_evening");
    const spent = activities(now, TOLD).map((row) => `${row.name} ${number(row.spent[side])}`);
    return say("view_chart_minutes_says", { total: number(total(now, side)), activities: spent.join(say("view_list_separator")) });
  },
};
