// What everybody sees, trainer and followers alike: maps side by side, legend, clock, charts.

import { Charts } from "./charts.js";
import { ClockBar } from "./clockbar.js";
import { fill, h } from "./dom.js";
import { Legend } from "./legend.js";
import { MapView, View } from "./map.js";
import { news } from "./news.js";
import { sample } from "./samples.js";
import { date, inLanguage, say, spoken } from "./words.js";

export class Stage {
  // `pick(side, target)` is called with what somebody clicks at; `follows` leaves out what steers.
  constructor(clock, scene, { pick = () => {}, follows = false } = {}) {
    this.clock = clock;
    this.scene = scene;
    this.pick = pick;
    this.films = [];
    this.labels = []; // what stands above each side, by language
    this.maps = [];
    this.told = null; // the side of which something is told
    this.view = new View(() => this.draw());
    this.legend = new Legend(scene, () => this.changed(), follows);
    this.bar = new ClockBar(clock, follows);
    this.charts = new Charts(scene, () => this.changed());
    this.row = h("div", { class: "gz-maps" });
    this.element = h("div", { class: "gz-stage" }, this.row, this.legend.element, this.bar.element, this.charts.element);
    this.ends = [clock.on(() => this.draw()), spoken(() => this.relabel())];
    clock.ready = () => this.ready();
    this.resized = new ResizeObserver(() => this.draw());
  }

  // Shows other films; those that stay keep what was fetched. Two sides may show one film, so that what stands
  // above a side is the side's.
  show(films, labels) {
    this.films = films;
    this.labels = labels;
    this.clock.days = Math.min(...films.map((film) => film.place.days));
    this.resized.disconnect();
    this.maps = films.map((film, side) => {
      const map = new MapView(this.view, (target) => this.pick(side, target));
      map.title = h("h2", {});
      map.news = h("p", { class: "gz-news", "aria-live": "off" });
      this.resized.observe(map.element);
      return map;
    });
    fill(this.row, this.maps.map((map, side) => h("section", { class: "gz-side" }, h("div", { class: "gz-side-head" }, films.length > 1 ? sample("bar", side) : null, map.title, map.news), map.element)));
    this.element.classList.toggle("gz-alone", films.length === 1);
    this.charts.open(films);
    this.relabel();
    this.clock.seek(Math.min(this.clock.hour, 24 * this.clock.days));
  }

  ready() {
    const { day, ahead } = this.clock;
    return this.films.map((film) => film.reel(day, ahead)).every((reel) => reel !== null);
  }

  // What keeps a film from going on, in words; null where nothing does.
  get problem() {
    const problem = this.films.find((film) => film.problem)?.problem;
    return problem ? say(problem.died ? "view_died" : "view_not_fetched", { error: problem.message }) : null;
  }

  // Takes other labels for the same films.
  name(labels) {
    if (JSON.stringify(labels) === JSON.stringify(this.labels)) return;
    this.labels = labels;
    this.relabel();
  }

  relabel() {
    this.maps.forEach((map, side) => {
      map.title.textContent = `${this.films.length > 1 ? "AB"[side] + " " : ""}${inLanguage(this.labels[side])}`;
    });
    this.legend.relabel();
    this.bar.relabel();
    this.charts.relabel();
    this.draw();
  }

  changed() {
    this.draw();
    this.onscene?.();
  }

  draw() {
    if (!this.films.length) return;
    const { day, minute } = this.clock;
    const reels = this.films.map((film) => film.reel(day, this.clock.ahead));
    this.bar.draw(reels[0], this.problem);
    reels.forEach((reel, side) => {
      if (!reel) return;
      const map = this.maps[side];
      map.element.parentElement.classList.toggle("gz-told", side === this.told);
      map.draw(this.films[side], reel, minute, { ...this.scene, chain: this.scene.chainSide === side ? this.scene.chain : null });
      tell(map.news, news(this.films[side], reel, minute, this.scene.notice));
      map.canvas.setAttribute("aria-label", say("view_map_label", { title: map.title.textContent, date: date(reel.date), layer: say(`view_layer_${this.scene.layer}`) }));
    });
    if (reels[0]) this.legend.draw(this.films[0], reels[0], minute);
    if (reels.every(Boolean)) this.charts.draw(reels, minute, this.scene, this.clock.playing);
    this.drawn = (this.drawn ?? 0) + 1;
  }

  leave() {
    for (const end of this.ends) end();
    this.clock.play(false);
  }
}

function tell(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
