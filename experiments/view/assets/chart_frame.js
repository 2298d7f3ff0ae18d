// One chart on the page: its title, which makes it large and small again, its latest values as text, its picture.

import { heightFor, rowsThatFit } from "./chart_bars.js";
import { SIDES } from "./chart_style.js";
import { fill, h, NARROW } from "./dom.js";
import { sample } from "./samples.js";
import { svg } from "./svg.js";
import { say } from "./words.js";

export const PAUSE = 250; // ms between two updates of one chart
const LARGER = "M7 2H2v5M9 14h5V9M2 2l5 5M14 14l-5-5";
const SMALLER = "M2 7h5V2M14 9H9v5M7 7L2 2M9 9l5 5";
const HEIGHT = 236; // pixels of one at least on a narrow page

export class Frame {
  constructor(chart, enlarge) {
    this.chart = chart;
    this.name = h("span", {});
    this.rows = h("span", { class: "gz-chart-rows" });
    this.sign = h("span", { class: "gz-chart-sign", "aria-hidden": "true" });
    this.title = h("button", { type: "button", class: "gz-chart-title", onclick: () => enlarge(chart.name) }, this.name, this.sign);
    this.values = h("p", { class: "gz-chart-values" });
    this.canvas = h("div", { class: "gz-chart-canvas", role: "img" });
    this.box = h("div", { class: "gz-chart-box" }, this.canvas);
    this.element = h("section", { class: `gz-chart gz-chart-${chart.name}` }, h("h3", {}, this.title), this.values, this.box);
    this.shown = null;
    this.drawnAt = 0;
  }

  relabel(large) {
    this.large = large;
    this.name.textContent = say(`view_chart_${this.chart.name}`);
    this.title.title = say(large ? "view_chart_smaller" : "view_chart_larger");
    this.title.setAttribute("aria-pressed", String(large));
    fill(this.sign, svg(16, 16, {}, [["path", { d: large ? SMALLER : LARGER, fill: "none", stroke: "currentColor", "stroke-width": 2 }]]));
    this.shown = null;
  }

  // What it would show now; null while it need not or may not be drawn.
  due(now, time) {
    if (time - this.drawnAt < PAUSE || this.element.hidden) return null;
    const { clientWidth: width, clientHeight: height } = this.box;
    if (width < 40 || height < 40) return null;
    const version = `${now.films.map((film) => film.key)} ${width} ${height} ${this.chart.version(now)}`;
    return version === this.shown ? null : version;
  }

  update(echarts, now, version) {
    const room = this.room(now);
    this.graph ??= echarts.init(this.canvas, null, { devicePixelRatio: Math.min(2, window.devicePixelRatio || 1) });
    if (this.graph.getWidth() !== room.width || this.graph.getHeight() !== room.height) this.graph.resize(room);
    this.graph.setOption(this.chart.option(now, room), { notMerge: true });
    const values = this.chart.values(now);
    const letter = (side) => (values.length > 1 ? SIDES[side].letter : "");
    fill(this.values,
      values.map((text, side) => h("span", {}, this.chart.sample ? sample(this.chart.sample, side) : null, `${letter(side)} ${text}`)),
      this.chart.key?.().map(([picture, text]) => h("span", { class: "gz-chart-key" }, picture, text)) ?? null,
      this.rows);
    const sentences = values.map((_, side) => `${letter(side) ? `${letter(side)}: ` : ""}${this.chart.sentence(now, side)}`);
    this.canvas.setAttribute("aria-label", `${this.name.textContent}. ${sentences.join(" ")}`);
    this.shown = version;
    this.drawnAt = performance.now();
  }

  // The room for the picture. A chart of rows that stands large, or on a narrow page, is as high as all of its
  // rows, and its box scrolls; a small one says how many of them it shows.
  room(now) {
    const whole = this.large || NARROW.matches;
    const count = this.chart.count?.(now) ?? 0;
    const sides = now.films.length;
    const room = { width: this.box.clientWidth, height: NARROW.matches ? HEIGHT : this.box.clientHeight, whole };
    const needed = heightFor(room, count, sides);
    const cut = count > 0 && needed > room.height;
    if (cut && whole) room.height = needed;
    this.canvas.style.height = `${room.height}px`;
    const scrolls = cut && whole && !NARROW.matches;
    this.rows.textContent = scrolls ? say("view_chart_scroll", { all: count }) : cut && !whole ? say("view_chart_rows", { n: rowsThatFit(room, sides) - (this.chart.summed ? 1 : 0), all: count }) : "";
    const reached = scrolls ? { tabindex: "0", role: "group", "aria-label": this.name.textContent } : {}; // to be scrolled by keys
    for (const name of ["tabindex", "role", "aria-label"]) this.box.toggleAttribute(name, name in reached);
    for (const [name, value] of Object.entries(reached)) this.box.setAttribute(name, value);
    return room;
  }
}
