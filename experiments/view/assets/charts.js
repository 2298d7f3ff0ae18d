// The charts under the maps.

import { h } from "./dom.js";

export class Charts {
  constructor() {
    this.element = h("div", { class: "gz-charts" });
  }

  open(films) {
    this.films = films;
  }

  relabel() {}

  draw() {}
}
