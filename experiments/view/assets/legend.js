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
    fill(
      this.element,
      h("span", { class: "gz-legend-part" }, choose, h("span", {}, layer.write(low)), h("span", { class: "gz-scale", style: `background:${gradient(layer.scale)}` }), h("span", {}, `${layer.write(high)}${this.scene.layer === "informed" ? "" : "+"}`)),
      h("span", { class: "gz-legend-part" }, Object.entries(MARKS).map(([name, mark]) => h("span", { class: "gz-key" }, shapeIcon(mark), say(`view_mark_${name}`)))),
      h("span", { class: "gz-legend-part" }, Object.entries(PEOPLE).map(([name, { colour }]) => h("span", { class: "gz-key" }, shapeIcon({ shape: "person", colour, edge: "#ffffff" }), say(`view_people_${name}`)))),
    );
  }
}
