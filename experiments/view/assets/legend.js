// What colours and marks mean, and the choice of what colours the buildings.

import { gradient, MARKS, PEOPLE } from "./colours.js";
import { fill, h } from "./dom.js";
import { LAYERS } from "./layers.js";
import { shapeIcon } from "./shapes.js";
import { say } from "./words.js";

export class Legend {
  constructor(scene, changed, follows) {
    this.scene = scene;
    this.changed = changed;
    this.follows = follows;
    this.element = h("div", { class: "gz-legend" });
  }

  relabel() {
    const layer = LAYERS[this.scene.layer];
    const [low, high] = layer.span;
    const choose = h("select", {
      class: "gz-layer",
      "aria-label": say("view_layer"),
      disabled: this.follows,
      onchange: () => { this.scene.layer = choose.value; this.relabel(); this.changed(); },
    }, Object.keys(LAYERS).map((name) => h("option", { value: name, selected: name === this.scene.layer }, say(`view_layer_${name}`))));
    this.notice ??= h("select", { class: "gz-notice", disabled: this.follows, onchange: () => this.choose(this.notice.value) });
    this.notice.setAttribute("aria-label", say("view_notice"));
    this.listed = null;
    fill(
      this.element,
      h("span", { class: "gz-legend-part" }, this.notice),
      h("span", { class: "gz-legend-part" }, choose, h("span", {}, layer.write(low)), h("span", { class: "gz-scale", style: `background:${gradient(layer.scale)}` }), h("span", {}, `${layer.write(high)}${this.scene.layer === "informed" ? "" : "+"}`)),
      h("span", { class: "gz-legend-part" }, Object.entries(MARKS).map(([name, mark]) => h("span", { class: "gz-key" }, shapeIcon(mark), say(`view_mark_${name}`)))),
      h("span", { class: "gz-legend-part" }, Object.entries(PEOPLE).map(([name, { colour }]) => h("span", { class: "gz-key" }, shapeIcon({ shape: "person", colour, edge: "#ffffff" }), say(`view_people_${name}`)))),
    );
    if (this.now) this.draw(...this.now);
  }

  choose(value) {
    this.scene.notice = value === "" ? null : Number(value);
    this.changed();
  }

  // The notices that are news at a minute of a reel, to choose from; the latest one where nobody chose.
  draw(film, reel, minute) {
    this.now = [film, reel, minute];
    const hour = 24 * reel.day + minute / 60;
    const issued = reel.notices.filter((notice) => notice.issued <= hour + 1e-3);
    const listed = `${film.key} ${this.scene.notice} ${issued.map((notice) => notice.id)}`;
    if (listed === this.listed) return;
    this.listed = listed;
    const chosen = issued.some((notice) => notice.id === this.scene.notice) ? this.scene.notice : "";
    fill(this.notice,
      h("option", { value: "", selected: chosen === "" }, say("view_notice_latest")),
      issued.toReversed().map((notice) => h("option", { value: notice.id, selected: chosen === notice.id }, say("view_notice_option", {
        n: notice.id + 1, day: Math.floor(notice.issued / 24) + 1, audience: say(`view_audience_${film.place.audiences[notice.kind]}`) }))));
  }
}
