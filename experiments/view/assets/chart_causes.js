// What moved satisfaction so far, cause by cause.

import { bars, rowsThatFit } from "./chart_bars.js";
import { number, signed } from "./chart_style.js";
import { say } from "./words.js";

const LEAST = 0.005; // points that are shown

function causes(now) {
  const names = now.films[0].place.causes;
  const last = now.films.map((film) => film.totals[now.full - 1]?.causes ?? names.map(() => 0));
  return names
    .map((name, cause) => ({ name: say(`cause_${name}`), changes: last.map((each) => each[cause]) }))
    .filter(({ changes }) => changes.some((change) => Math.abs(change) >= LEAST))
    .sort((one, other) => Math.max(...other.changes.map(Math.abs)) - Math.max(...one.changes.map(Math.abs)));
}

export const satisfaction = {
  name: "causes",
  sample: "bar",
  version: (now) => now.full,
  count: (now) => causes(now).length,

  option(now, room) {
    const most = rowsThatFit(room, now.films.length);
    const rows = causes(now).slice(0, most).map(({ name, changes }) => ({ name, bars: changes.map((value) => ({ value })), text: changes.map(signed).join(" · ") }));
    return bars({ rows, sides: now.films.length, room });
  },

  values: (now) => now.films.map((film) => (now.full ? number(film.totals[now.full - 1].satisfaction[0], 1) : "–")),

  sentence(now, side) {
    if (!now.full) return say("view_chart_evening");
    const moved = causes(now).slice(0, 5).map(({ name, changes }) => `${name} ${signed(changes[side])}`);
    return say("view_chart_causes_says", { mean: number(now.films[side].totals[now.full - 1].satisfaction[0], 1), causes: moved.join(say("view_list_separator")) });
  },
};
