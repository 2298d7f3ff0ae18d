// How many cases are open, by where they stand, and how many were solved, day by day.

import { MARKS } from "./colours.js";
import { axis, common, INK, number, SIDES, letters, widthOf } from "./chart_style.js";
import { sample } from "./samples.js";
import { say } from "./words.js";

const STAGES = ["waiting", "working", "nobody"];
const SOLVED = "#00694d";
const WEEK = 7;

function days({ films, full }, side) {
  return films[side].totals.slice(0, full);
}

function standing(film, totals, name) {
  const places = MARKS[name].states.map((state) => film.place.states.indexOf(state));
  return totals.map(({ states }) => places.reduce((sum, place) => sum + states[place], 0));
}

// Solved in the week up to each day.
function solved(totals) {
  let sum = 0;
  return totals.map((day, place) => (sum += day.solved.length - (place >= WEEK ? totals[place - WEEK].solved.length : 0)));
}

function latest(now, side) {
  const totals = days(now, side);
  const open = STAGES.reduce((sum, name) => sum + (standing(now.films[side], totals.slice(-1), name)[0] ?? 0), 0);
  return { open, solved: solved(totals).at(-1) ?? 0 };
}

function lines(film, totals, side) {
  const at = { xAxisIndex: side, yAxisIndex: side, type: "line", showSymbol: false };
  const stacked = STAGES.map((name) => ({ ...at, stack: `open${side}`, lineStyle: { width: 0 }, areaStyle: { color: MARKS[name].colour, opacity: 1 }, data: standing(film, totals, name) }));
  return [...stacked, { ...at, lineStyle: { color: SOLVED, width: 3 }, data: solved(totals) }];
}

export const cases = {
  name: "cases",
  version: (now) => now.full,
  key: () => [[sample("line", 0, SOLVED), say("view_mark_solved")]],

  option(now, room) {
    const size = letters(room);
    const count = now.films.length;
    const beside = count > 1 && room.width > 2 * room.height;
    const each = now.films.map((film, side) => lines(film, days(now, side), side));
    const stack = (series) => (series[0].data.length ? Math.max(...series[0].data.map((_, day) => series.slice(0, 3).reduce((sum, one) => sum + one.data[day], 0)), ...series[3].data) : 0);
    const most = Math.max(4, ...each.map(stack));
    const top = 4 * Math.ceil(most / 4);
    const last = Math.max(14, now.full);
    const middle = last > 20 ? Math.floor(last / 2) : -1;
    const aside = Math.ceil(widthOf(say("view_day", { n: last }), size) / 2);
    const shared = (side, value) => value === 0 && count > 1 && !beside && side === 0; // the other's uppermost number stands there
    const place = (side) => (count === 1 ? { left: 8, right: aside, top: 10, bottom: 4 } : beside ? { left: `${50 * side + 1}%`, width: `${47 - (100 * aside) / room.width}%`, top: 10, bottom: 4 } : { left: 8, right: aside, top: side ? "50%" : 8, height: side ? "48%" : "40%" });
    return {
      ...common(size),
      grid: now.films.map((_, side) => ({ ...place(side), containLabel: true })),
      xAxis: now.films.map((_, side) => axis(size, { type: "category", boundaryGap: false, data: Array.from({ length: last }, (_, day) => day + 1), gridIndex: side, axisLabel: { show: count === 1 || beside || side === 1, interval: (day) => day === 0 || day === last - 1 || day === middle, hideOverlap: false, formatter: (value) => (value === 1 ? "1" : say("view_day", { n: value })) } })),
      yAxis: now.films.map((_, side) => axis(size, { gridIndex: side, min: 0, max: top, interval: top / 2, axisLabel: { formatter: (value) => (shared(side, value) ? "" : `${value}`) } })),
      graphic: count > 1 ? SIDES.map(({ letter }, side) => ({ type: "text", silent: true, z: 10, left: (beside ? (0.5 * side + 0.01) * room.width : 8) + widthOf(`${top}`, size) + 14, top: beside || !side ? 8 : "50%", style: { text: letter, fontSize: size + 1, fontWeight: 700, fill: INK, stroke: "#fff", lineWidth: 3 } })) : [],
      series: each.flat(),
    };
  },

  values: (now) => now.films.map((_, side) => {
    const { open, solved: done } = latest(now, side);
    return `${number(open)} / ${number(done)}`;
  }),

  sentence(now, side) {
    const totals = days(now, side).slice(-1);
    const [waiting, working, nobody] = STAGES.map((name) => standing(now.films[side], totals, name)[0] ?? 0);
    return say("view_chart_cases_says", { waiting, working, nobody, solved: latest(now, side).solved });
  },
};
