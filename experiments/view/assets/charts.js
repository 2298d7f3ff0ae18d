// The charts under the maps. They show what has happened by the clock's hour and nothing beyond it.

import { satisfaction } from "./chart_causes.js";
import { cases } from "./chart_cases.js";
import { closing } from "./chart_closing.js";
import { curves, informed } from "./chart_informed.js";
import { minutes } from "./chart_minutes.js";
import { Frame, PAUSE } from "./chart_frame.js";
import { fill, h } from "./dom.js";
import { say } from "./words.js";

const CHARTS = [informed, cases, closing, satisfaction, minutes];
const ECHARTS = "/_solara/cdn/echarts@5.4.0/dist/echarts.min.js";
const PATIENCE = 12000; // ms after which one is told that ECharts has not come
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

// Lets it be loaded once more after it failed.
function forget() {
  loaded = null;
  window.requirejs?.undef(ECHARTS);
}

export class Charts {
  constructor(scene, changed) {
    this.scene = scene;
    this.frames = CHARTS.map((chart) => new Frame(chart, (name) => {
      scene.chart = scene.chart === name ? null : name;
      changed();
    }));
    this.missing = h("div", { class: "gz-charts-missing", role: "alert", hidden: true });
    this.element = h("section", { class: "gz-charts" }, this.frames.map((frame) => frame.element), this.missing);
    this.next = 0;
    this.free = 0;
    curves.arrived = () => this.again();
    this.load();
    document.fonts?.ready.then(() => this.relabel());
    new ResizeObserver(() => this.again()).observe(this.element);
  }

  // Fetches what draws the charts; where it does not come, the page says so and goes on without.
  load() {
    const slow = setTimeout(() => this.miss(true), PATIENCE);
    load().then((echarts) => {
      this.echarts = echarts;
      this.miss(false);
      this.again();
    }, () => {
      forget();
      this.miss(true);
    }).finally(() => clearTimeout(slow));
  }

  miss(missing) {
    this.missing.hidden = !missing;
    for (const frame of this.frames) frame.element.hidden = missing;
    fill(this.missing, missing ? [
      h("p", {}, say("view_charts_missing")),
      h("button", { type: "button", class: "gz-charts-again", onclick: () => { this.miss(false); this.load(); } }, say("view_try_again")),
    ] : []);
    this.large = undefined; // which of them are hidden is settled at the next drawing
    if (!missing && this.now) this.enlarge(this.scene.chart ?? null);
  }

  open(films) {
    this.films = films;
  }

  relabel() {
    this.element.setAttribute("aria-label", say("view_charts"));
    if (!this.missing.hidden) return this.miss(true);
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
    if (this.large === name || !this.missing.hidden) return;
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
        due.frame.update(this.echarts, this.now, due.version);
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
      const version = frame.due(this.now, time);
      if (version === null) continue;
      this.next = (this.next + step + 1) % this.frames.length;
      return { frame, version };
    }
    return null;
  }
}
