// Choosing what is shown: one scenario or two, and the seed.

import { fill, h } from "./dom.js";
import { current, inLanguage, say } from "./words.js";

export class ScenariosPanel {
  constructor(page) {
    this.page = page;
    this.name = "scenarios";
    this.element = h("form", { class: "gz-form", onsubmit: (event) => { event.preventDefault(); this.show(); } });
  }

  // Made anew only where something else is shown: what somebody has chosen and not yet shown stays.
  update() {
    const { sides, shipped, seed } = this.page.state;
    const shape = JSON.stringify([current(), sides, shipped, seed]);
    if (shape === this.shape) return;
    this.shape = shape;
    this.choices = [0, 1].map((side) => h("select", { class: `gz-choice-${side}` },
      side ? h("option", { value: "" }, say("view_alone")) : null,
      shipped.map((one) => h("option", { value: one.name, selected: sides[side]?.name === one.name }, inLanguage(one.title)))));
    this.seed = h("input", { type: "number", min: 0, max: 2147483647, value: seed, class: "gz-seed", required: true });
    fill(this.element,
      h("label", {}, h("span", {}, say("view_side_a")), this.choices[0]),
      h("label", {}, h("span", {}, say("view_side_b")), this.choices[1]),
      h("button", { type: "submit", class: "gz-show" }, say("view_show")),
      h("hr", {}),
      h("label", {}, h("span", {}, say("view_seed")), this.seed),
      h("p", { class: "gz-note" }, say("view_seed_note")),
      h("button", { type: "button", class: "gz-reset", onclick: () => this.reset() }, say("view_reset")),
      h("button", { type: "button", class: "gz-reseed", onclick: () => this.reset(Math.floor(Math.random() * 1e6)) }, say("view_reseed")));
  }

  show() {
    this.page.clock.play(false);
    this.page.act({ do: "open", names: this.choices.map((choice) => choice.value).filter(Boolean) });
  }

  reset(seed = Number(this.seed.value)) {
    this.page.clock.play(false);
    this.page.clock.seek(0);
    this.page.act({ do: "reset", seed });
  }
}
