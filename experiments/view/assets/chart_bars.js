// Rows of bars, one bar for each side, with a line of text above them: names fit however narrow the chart is.

import { axis, common, INK, SIDES, SOFT, font, letters, number, round, widthOf } from "./chart_style.js";

const BAR = 6; // pixels at least
const THICK = 14; // and at most
const GAP = 3;

function rowHeight(size, sides) {
  return size + 3 + sides * (BAR + 1) + GAP;
}

export function rowsThatFit(room, sides) {
  const size = letters(room);
  return Math.max(2, Math.floor((room.height - size - 10) / rowHeight(size, sides)));
}

// `rows` have a name, and for each side a `value` (null where there is none), perhaps a larger `far`, and a
// `text` for the values of all sides. `write` makes the last tick of the axis, with its unit.
export function bars({ rows, sides, write = plain, room }) {
  const size = letters(room);
  const values = rows.flatMap((row) => row.bars.flatMap((bar) => (bar ? [bar.value, bar.far ?? bar.value] : [])));
  const ticks = round(Math.min(0, ...values), Math.max(0, ...values));
  const ends = [ticks.min, ticks.max];
  return {
    ...common(size),
    grid: { left: 6 + widthOf(plain(ends[0]), size) / 2, right: 6 + widthOf(write(ends[1]), size) / 2, top: 2, bottom: size + 10 },
    xAxis: axis(size, { ...ticks, axisLabel: { formatter: (value) => (value === ticks.max ? write(value) : plain(value)) } }),
    yAxis: { type: "category", z: 1, inverse: true, data: rows.map((_, place) => place), axisLabel: { show: false }, axisTick: { show: false }, axisLine: { show: true, onZero: true, lineStyle: { color: SOFT } } },
    series: [{ type: "custom", z: 5, data: rows.map((_, place) => place), encode: { x: -1, y: 0 }, renderItem: (_, api) => drawRow(rows[api.value(0)], api, { sides, size, room }) }],
  };
}

function plain(value) {
  return number(value, Number.isInteger(value) ? 0 : 1);
}

function drawRow(row, api, { sides, size, room }) {
  const place = api.value(0);
  const [zero, middle] = api.coord([0, place]);
  const thick = Math.max(BAR, Math.min(THICK, (api.size([0, 1])[1] - size - 3 - 3 * GAP) / sides - 1));
  const height = size + 3 + sides * (thick + 1);
  const top = middle - height / 2;
  const children = [label(row, top, size, room)];
  row.bars.forEach((bar, side) => {
    if (!bar) return;
    const y = top + size + 3 + side * (thick + 1);
    if (bar.far !== undefined) children.push(rect(zero, api.coord([bar.far, place])[0], y, thick, SIDES[side], true));
    children.push(rect(zero, api.coord([bar.value, place])[0], y, thick, SIDES[side], false));
  });
  return { type: "group", children };
}

function label(row, top, size, room) {
  const whole = `${row.name}  ${row.text}`;
  const text = widthOf(whole, size) <= room.width - 12 ? whole : row.name;
  return { type: "text", silent: true, z2: 10, style: { x: 6, y: top, text, font: font(size), fill: INK, textVerticalAlign: "top", stroke: "#fff", lineWidth: 3 } };
}

function rect(from, to, y, height, { colour, light }, far) {
  const shape = { x: Math.min(from, to), y, width: Math.max(1, Math.abs(to - from)), height };
  const style = { fill: far ? light : colour };
  return { type: "rect", shape, style, silent: true };
}
