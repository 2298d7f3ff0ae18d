// What somebody wrote in the editor and did not apply, kept where something else came in its place.

import { fill, h } from "./dom.js";
import { say } from "./words.js";

export class Drafts {
  // `back(draft)` is called with one that somebody wants back.
  constructor(back) {
    this.back = back;
    this.kept = []; // of each: side, key of the film it was written for, what that was called, text, opened file
    this.element = h("ul", { class: "gz-yaml-drafts", role: "status" });
    addEventListener("beforeunload", (event) => { if (this.unsaved()) event.preventDefault(); });
  }

  // Whether anything would be lost with the page; the panel adds what stands in the editor.
  unsaved() {
    return this.kept.length > 0 || this.writing?.();
  }

  keep(draft) {
    this.kept = [...this.kept.filter((one) => one.text !== draft.text), draft];
    this.relabel();
  }

  // Takes out what was written for a film on a side, last; null where nothing was.
  take(side, key) {
    const draft = this.kept.findLast((one) => one.side === side && one.key === key) ?? null;
    if (draft) this.drop(draft);
    return draft;
  }

  drop(draft) {
    this.kept = this.kept.filter((one) => one !== draft);
    this.relabel();
  }

  // Made anew only where it reads otherwise: a button that is replaced while it is pressed does nothing.
  relabel() {
    const texts = this.kept.map(({ title, text }) => say("view_yaml_kept", { title: title(), n: text.split("\n").length }));
    if (this.kept === this.shown && texts.join() === this.texts) return;
    [this.shown, this.texts] = [this.kept, texts.join()];
    fill(this.element, this.kept.map((draft, place) => h("li", {}, h("span", {}, texts[place]),
      h("button", { type: "button", class: "gz-yaml-back", onclick: () => { this.drop(draft); this.back(draft); } }, say("view_yaml_back")),
      h("button", { type: "button", class: "gz-yaml-drop", onclick: () => this.drop(draft) }, say("view_yaml_drop")))));
  }
}
