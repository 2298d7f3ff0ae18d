// The drawer at the side: one panel at a time. A panel is a module in the list below.

import { ClassPanel } from "./class.js";
import { fill, h, NARROW } from "./dom.js";
import { YamlPanel } from "./editing.js";
import { ExplainPanel } from "./explain.js";
import { LessonsPanel } from "./lessons.js";
import { SavePanel } from "./saving.js";
import { ScenariosPanel } from "./scenarios.js";
import { SettingsPanel } from "./settings.js";
import { say, spoken } from "./words.js";

// Each panel has a `name` (its words are view_panel_NAME), an `element`, and `update()`, called when it is
// opened, when the server's state changes and when the language does. One that is `unlisted` has no button in
// the bar; `leave()`, where there is one, is called when it is closed.
const PANELS = [LessonsPanel, ScenariosPanel, SettingsPanel, YamlPanel, SavePanel, ClassPanel, ExplainPanel];

export class Drawer {
  constructor(page) {
    this.page = page;
    this.panels = PANELS.map((Panel) => new Panel(page));
    this.open = null;
    this.title = h("h2", { id: "gz-drawer-title", tabindex: "-1" });
    this.close = h("button", { type: "button", class: "gz-close", onclick: () => this.choose(null) }, "×");
    this.room = h("div", { class: "gz-room" });
    this.element = h("aside", { class: "gz-drawer", hidden: true, "aria-labelledby": "gz-drawer-title" }, h("div", { class: "gz-drawer-head" }, this.title, this.close), this.room);
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.choose(null);
    });
    spoken(() => this.update());
  }

  panel(name) {
    return this.panels.find((panel) => panel.name === name);
  }

  buttons() {
    return this.panels.filter((panel) => !panel.unlisted).map((panel) => h("button", {
      type: "button", class: `gz-open-${panel.name}`, "aria-expanded": String(this.open === panel),
      onclick: () => this.choose(this.open === panel ? null : panel.name),
    }, say(`view_panel_${panel.name}`)));
  }

  choose(name, focus = true) {
    const next = name ? this.panel(name) : null;
    const left = !next && this.element.contains(document.activeElement) ? this.open?.name : null;
    if (this.open !== next) this.open?.leave?.();
    this.open = next;
    this.element.hidden = !this.open;
    if (this.open) fill(this.room, this.open.element);
    this.update();
    this.page.relabel();
    if (left) this.page.bar.querySelector(`.gz-open-${left}`)?.focus(); // the keyboard goes on where it came from
    if (!this.open) return;
    if (focus) this.title.focus({ preventScroll: true });
    if (NARROW.matches) this.element.scrollIntoView(); // there it lies below the stage
  }

  update() {
    if (!this.open) return;
    this.title.textContent = say(`view_panel_${this.open.name}`);
    this.close.setAttribute("aria-label", say("view_close"));
    this.open.update();
  }

  // Somebody clicked at something on the map of a side, or went there by keys; who goes on with the arrow keys
  // keeps the map, and comes here with Enter.
  explain(side, target) {
    const panel = this.panel("explain");
    if (!panel || !target) return;
    panel.show(side, target);
    this.choose("explain", Boolean(target.enter));
  }
}
