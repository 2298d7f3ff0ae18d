// The charts under the maps. They show what has happened by the clock's hour and nothing beyond it.

import { satisfaction } from "./chart_causes.js";
import { cases } from "./chart_cases.js";
import { closing } from "./chart_closing.js";
import { curves, informed } from "./chart_informed.js";
import { minutes } from "./chart_minutes.js";
import { SIDES } from "./chart_style.js";
import { fill, h } from "./dom.js";
import { say } from "./words.js";

const CHARTS = [informed, cases, closing, satisfaction, minutes];
const ECHARTS = "/_solara/cdn/echarts@5.4.0/dist/echarts.min.js";
const PAUSE = 250; // ms between two updates of one chart
const SHARE = 8; // after an update while the clock runs, maps have this many times as long for themselves

let loaded = null;

// ECharts, which registers with RequireJS where the page has it.
function load() {
  loaded ??= new Promise((done, failed) => {
    if (window.requirejs) return window.requirejs([ECHARTS], done, failed);
    document.head.append(h("script", { src: ECHARTS, onload: () => done(window.echarts), onerror: failed }));
  });
  return loaded;
}

function sample({ colour, dash }) {
  const style = `border-top: 4px ${dash === "solid" ? "solid" : "dashed"} ${colour}`;
  return h("span", { class: "gz-chart-sample", style, "aria-hidden": "true" });
}

// One chart with its title, which makes it large and small again, and its latest values as text.
class Frame {
  constructor(chart, enlarge) {
    this.chart = chart;
    this.title = h("button", { type: "button", class: "gz-chart-title", onclick: () => enlarge(chart.name) });
    this.values = h("p", { class: "gz-chart-values" });
    this.canvas = h("div", { class: "gz-chart-canvas", role: "img" });
    this.element = h("section", { class: `gz-chart gz-chart-${chart.name}` }, h("h3", {}, this.title), this.values, this.canvas);
    this.shown = null;
    this.drawnAt = 0;
  }

  relabel(large) {
    this.title.textContent = say(`view_chart_${this.chart.name}`);
    this.title.title = say(large ? "view_chart_smaller" : "view_chart_larger");
    this.title.setAttribute("aria-pressed", String(large));
    this.shown = null;
  }

  // What it would show now; null while it need not or may not be drawn.
  due(now, time) {
    if (time - this.drawnAt < PAUSE || this.element.hidden) return null;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width < 40 || height < 40) return null;
    const version = `${now.films.map((film) => film.key)} ${width} ${height} ${this.chart.version(now)}`;
    return version === this.shown ? null : { version, room: { width, height } };
  }

  update(echarts, now, { version, room }) {
    this.graph ??= echarts.init(this.canvas, null, { devicePixelRatio: Math.min(2, window.devicePixelRatio || 1) });
    if (this.graph.getWidth() !== room.width || this.graph.getHeight() !== room.height) this.graph.resize(room);
    this.graph.setOption(this.chart.option(now, room), { notMerge: true });
    const values = this.chart.values(now);
    fill(this.values, values.map((text, side) => h("span", {}, sample(SIDES[side]), values.length > 1 ? `${SIDES[side].letter} ` : "", text)));
    const sentences = values.map((_, side) => `${values.length > 1 ? `${SIDES[side].letter}: ` : ""}${this.chart.sentence(now, side)}`);
    this.canvas.setAttribute("aria-label", `${this.title.textContent}. ${sentences.join(" ")}`);
    this.shown = version;
    this.drawnAt = performance.now();
  }
}

export class Charts {
  constructor(scene, changed) {
    this.scene = scene;
    this.frames = CHARTS.map((chart) => new Frame(chart, (name) => {
      scene.chart = scene.chart === name ? null : name;
      changed();
    }));
    this.element = h("section", { class: "gz-charts" }, this.frames.map((frame) => frame.element));
    this.next = 0;
    this.free = 0;
    curves.arrived = () => this.again();
    load().then((echarts) => { this.echarts = echarts; this.again(); }, () => {});
    document.fonts?.ready.then(() => this.relabel());
    new ResizeObserver(() => this.again()).observe(this.element);
  }

  open(films) {
    this.films = films;
  }

  relabel() {
    this.element.setAttribute("aria-label", say("view_charts"));
    for (const frame of this.frames) frame.relabel(frame.chart.name === this.scene.chart);
    this.again();
  }

  draw(reels, minute, scene, playing) {
    const { day } = reels[0];
    const hour = 24 * day + minute / 60;
    const full = Math.min(Math.floor(hour / 24 + 1e-6), ...this.films.map((film) => film.counted));
    this.now = { films: this.films, reels, minute, hour, full, scene, playing };
    this.enlarge(scene.chart ?? null);
    this.again();
  }

  enlarge(name) {
    if (this.large === name) return;
    this.large = name;
    for (const frame of this.frames) frame.element.hidden = name !== null && frame.chart.name !== name;
    this.element.classList.toggle("gz-charts-one", name !== null);
    for (const frame of this.frames) frame.relabel(frame.chart.name === name);
  }

  // Draws one chart that has changed and comes back for the others, so that no frame of the maps waits long.
  again() {
    if (!this.echarts || !this.now || this.timer) return;
    const time = performance.now();
    let rest = this.free - time;
    if (rest <= 0) {
      const due = this.pick(time);
      if (due) {
        due.frame.update(this.echarts, this.now, due.what);
        this.free = performance.now() + (this.now.playing ? SHARE : 0) * (performance.now() - time);
      }
      rest = due ? this.free - performance.now() : PAUSE;
      if (!due && !this.behind) return;
    }
    this.timer = setTimeout(() => { this.timer = null; this.again(); }, Math.max(10, rest));
  }

  // The next chart in turn that is due; `behind` says whether one of them only waits for its pause.
  pick(time) {
    this.behind = this.frames.some((frame) => time - frame.drawnAt < PAUSE);
    for (let step = 0; step < this.frames.length; step++) {
      const frame = this.frames[(this.next + step) % this.frames.length];
      const what = frame.due(this.now, time);
      if (!what) continue;
      this.next = (this.next + step + 1) % this.frames.length;
      return { frame, what };
    }
    return null;
  }
}
