// How long cases took until they were solved, by what they are about.

import { bars, rowsThatFit } from "./chart_bars.js";
import { number } from "./chart_style.js";
import { inLanguage, say } from "./words.js";

// The value that a share of an ascending list does not exceed.
function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

function spans(now, side, kind = null) {
  const taken = [];
  for (const { solved } of now.films[side].totals.slice(0, now.full))
    for (const [what, hours] of solved) if (kind === null || what === kind) taken.push(hours);
  return taken.sort((one, other) => one - other);
}

function both(taken) {
  return taken.length ? { value: quantile(taken, 0.5), far: quantile(taken, 0.9) } : null;
}

function write(bar) {
  return bar ? `${number(bar.value)} / ${number(bar.far)}` : "–";
}

// The kinds of cases of both sides; communities may know different ones.
function kinds(now) {
  const names = [];
  now.films.forEach((film) => film.place.categories.forEach((category) => {
    if (!names.includes(inLanguage(category))) names.push(inLanguage(category));
  }));
  return names.map((name) => ({ name, bars: now.films.map((film, side) => {
    const kind = film.place.categories.findIndex((category) => inLanguage(category) === name);
    return kind < 0 ? null : both(spans(now, side, kind));
  }) }));
}

export const closing = {
  name: "closing",
  sample: "bar",
  version: (now) => now.full,
  count: (now) => kinds(now).length,

  option(now, room) {
    const most = rowsThatFit(room, now.films.length);
    const rows = kinds(now).map((row) => ({ ...row, text: row.bars.map(write).join(" · ") }));
    return bars({ rows: rows.slice(0, most), sides: now.films.length, write: (value) => say("view_hours", { n: number(value) }), room });
  },

  values: (now) => now.films.map((_, side) => write(both(spans(now, side)))),

  sentence(now, side) {
    const known = kinds(now).filter((row) => row.bars[side]);
    if (!known.length) return say("view_chart_closing_none");
    return known.map((row) => say("view_chart_closing_says", { name: row.name, half: number(row.bars[side].value), most: number(row.bars[side].far) })).join(" ");
  },
};
