// Rows of bars, one bar for each side, with a line of text above them: names fit however narrow the chart is.

import { axis, common, INK, SIDES, SOFT, font, letters, number, round, widthOf } from "./chart_style.js";

const BAR = 6; // pixels at least
const THICK = 14; // and at most
const GAP = 3;

const COLUMN = 330; // pixels at least, where rows go on in a second column and a third
const MOST_COLUMNS = 3;
const LOW = 130; // pixels: where a small chart is lower, and wide enough, its rows go on in a second column
const NARROW_COLUMN = 190;

function rowHeight(size, sides) {
  return size + 3 + sides * (BAR + 1) + GAP;
}

function fitting(room, sides) {
  const size = letters(room);
  return Math.max(2, Math.floor((room.height - size - 10) / rowHeight(size, sides)));
}

function most(room) {
  if (room.whole) return Math.max(1, Math.min(MOST_COLUMNS, Math.floor(room.width / COLUMN)));
  return room.height < LOW && room.width >= 2 * NARROW_COLUMN ? 2 : 1;
}

export function rowsThatFit(room, sides) {
  return most(room) * fitting(room, sides);
}

// The height at which `count` rows fit in a room's width.
export function heightFor(room, count, sides) {
  const size = letters(room);
  return Math.ceil(count / most(room)) * rowHeight(size, sides) + size + 11;
}

// `rows` have a name, and for each side a `value` (null where there is none), perhaps a larger `far`, and a
// `text` for the values of all sides. `write` makes the last tick of the axis, with its unit.
export function bars({ rows, sides, write = plain, room }) {
  const size = letters(room);
  const values = rows.flatMap((row) => row.bars.flatMap((bar) => (bar ? [bar.value, bar.far ?? bar.value] : [])));
  const ticks = round(Math.min(0, ...values), Math.max(0, ...values));
  const count = Math.min(most(room), Math.ceil(rows.length / fitting(room, sides)) || 1);
  const high = Math.ceil(rows.length / count);
  const columns = Array.from({ length: count }, (_, place) => rows.slice(place * high, (place + 1) * high));
  const wide = room.width / count;
  const [before, after] = [6 + widthOf(plain(ticks.min), size) / 2, 6 + widthOf(write(ticks.max), size) / 2];
  const places = Array.from({ length: high || 1 }, (_, place) => place); // columns have rows of one height
  const at = (column) => ({ xAxisIndex: column, yAxisIndex: column });
  return {
    ...common(size),
    grid: columns.map((_, column) => ({ left: column * wide + before, width: wide - before - after, top: 2, bottom: size + 10 })),
    xAxis: columns.map((_, column) => axis(size, { ...ticks, gridIndex: column, axisLabel: { formatter: (value) => (value === ticks.max ? write(value) : plain(value)) } })),
    yAxis: columns.map((_, column) => ({ type: "category", z: 1, inverse: true, gridIndex: column, data: places, axisLabel: { show: false }, axisTick: { show: false }, axisLine: { show: true, onZero: true, lineStyle: { color: SOFT } } })),
    series: columns.map((mine, column) => ({ type: "custom", z: 5, ...at(column), data: mine.map((_, place) => place), encode: { x: -1, y: 0 }, renderItem: (_, api) => drawRow(mine[api.value(0)], api, { sides, size, left: column * wide + (ticks.min < 0 ? 6 : before + 5), wide: wide - before - 5 }) })),
  };
}

function plain(value) {
  return number(value, Number.isInteger(value) ? 0 : 1);
}

function drawRow(row, api, { sides, size, left, wide }) {
  const place = api.value(0);
  const [zero, middle] = api.coord([0, place]);
  const thick = Math.max(BAR, Math.min(THICK, (api.size([0, 1])[1] - size - 3 - 3 * GAP) / sides - 1));
  const height = size + 3 + sides * (thick + 1);
  const top = middle - height / 2;
  const children = [label(row, top, size, left, wide)];
  row.bars.forEach((bar, side) => {
    if (!bar) return;
    const y = top + size + 3 + side * (thick + 1);
    if (bar.far !== undefined) children.push(rect(zero, api.coord([bar.far, place])[0], y, thick, SIDES[side], true));
    children.push(rect(zero, api.coord([bar.value, place])[0], y, thick, SIDES[side], false));
  });
  return { type: "group", children };
}

function label(row, top, size, left, wide) {
  const whole = `${row.name}  ${row.text}`;
  const text = widthOf(whole, size) <= wide ? whole : row.name;
  return { type: "text", silent: true, z2: 10, style: { x: left, y: top, text, font: font(size), fill: INK, width: wide, overflow: "truncate", textVerticalAlign: "top", stroke: "#fff", lineWidth: 3 } };
}

function rect(from, to, y, height, { colour, light, decal, lightDecal }, far) {
  const shape = { x: Math.min(from, to), y, width: Math.max(1, Math.abs(to - from)), height };
  return { type: "rect", shape, style: { fill: far ? light : colour, decal: (far ? lightDecal : decal) ?? undefined }, silent: true };
}
