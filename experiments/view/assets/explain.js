// What happened to something that somebody clicked at, told as of the clock's hour and told anew as it moves.

import { fill, h, NARROW } from "./dom.js";
import { bars, homes, links, rows, tellings, timeline } from "./explain_parts.js";
import { current, said, say } from "./words.js";

const PAUSE = 700; // milliseconds between two questions to the server while the clock runs
const MOST_BACK = 30;

export class ExplainPanel {
  constructor(page) {
    this.page = page;
    this.name = "explain";
    this.unlisted = true;
    this.fresh = false; // nobody has moved the page since something new was told
    this.asked = null;
    this.past = [];
    this.told = null;
    this.telling = 0;
    this.timer = null;
    this.element = h("div", { class: "gz-explain" });
    page.clock.on(() => this.tick());
    // Charts above that are drawn late move what is told; it comes back into sight until somebody moves it.
    const above = new ResizeObserver(() => { if (this.opened && this.fresh) this.sight(); });
    for (const each of page.stage.element.children) above.observe(each); // it has no box of its own on a phone
    for (const moved of ["wheel", "touchmove", "keydown", "pointerdown"]) addEventListener(moved, () => { this.fresh = false; }, { passive: true });
  }

  // Shows what was chosen on a side's map; `target` says what it is and its number.
  show(side, { what, number }) {
    const same = this.asked && this.asked.side === side && this.asked.what === what && this.asked.number === number;
    if (same) return;
    this.past = [];
    this.turn({ side, what, number });
  }

  turn(asked) {
    this.asked = asked;
    this.page.stage.told = asked.side;
    this.page.stage.draw();
    this.telling = 0;
    this.came = false;
    this.since = -1;
  }

  // Goes on to something that is named here; the way back is kept.
  go({ what, number }) {
    this.past = [...this.past, this.asked].slice(-MOST_BACK);
    this.turn({ side: this.asked.side, what, number });
    this.update();
    this.page.drawer.title.focus({ preventScroll: true });
  }

  back() {
    this.turn(this.past.pop());
    this.update();
    this.page.drawer.title.focus({ preventScroll: true });
  }

  get film() {
    return this.asked ? this.page.stage.films[this.asked.side] : undefined;
  }

  // The clock's hour to the minute.
  get hour() {
    return Math.floor(60 * this.page.clock.hour + 1e-6) / 60;
  }

  get opened() {
    return this.page.drawer.open === this;
  }

  tick() {
    if (!this.opened || !this.film || this.timer || this.shown === this.question()) return;
    this.timer = setTimeout(() => { this.timer = null; this.update(); }, this.page.clock.playing ? PAUSE : 60);
  }

  question() {
    const { what, number } = this.asked;
    const focus = this.page.scene.notice === null ? "" : `&notice=${this.page.scene.notice}`;
    return `/gongzhi/films/${this.film.key}/explain/${what}/${number}?hour=${this.hour.toFixed(4)}&lang=${current()}${focus}`;
  }

  async update() {
    if (!this.opened) return;
    if (!this.film) return fill(this.element, h("p", {}, say("view_explain_none")));
    const question = this.question();
    if (question === this.shown) return;
    this.shown = question;
    const told = await this.ask(question);
    if (question !== this.shown || !this.opened || !this.film) return;
    this.since = told.since ?? this.since;
    this.told = told;
    this.draw();
  }

  // What the server says; a case whose beginning is known is not asked for at an hour before.
  async ask(question) {
    if (this.hour <= this.since) return { problem: say("view_explain_gone") };
    try {
      const answer = await fetch(question);
      const told = await answer.json();
      if (answer.ok) return told;
      return { problem: told.kind === "GoneError" ? say("view_explain_gone") : say("view_explain_failed", { error: said(told.error) }) };
    } catch {
      return { problem: say("view_explain_failed", { error: "offline" }) };
    }
  }

  draw() {
    const { told } = this;
    const kept = document.activeElement?.dataset?.key;
    const side = this.page.stage.maps[this.asked.side].title.textContent;
    const go = (target) => this.go(target);
    const parts = told.problem ? [h("p", { class: "gz-explain-said" }, told.problem)] : [
      h("div", {}, h("h3", {}, told.title), h("p", { class: "gz-explain-when" }, say("view_explain_side", { side, when: told.when }))),
      h("div", { class: "gz-explain-said", "aria-live": this.page.clock.playing ? "off" : "polite" }, told.sentences.map((sentence) => h("p", {}, sentence))),
      bars(told),
      homes(told, go),
      ...tellings(told, this.telling, (place) => { this.telling = place; this.draw(); }, go),
      timeline(told),
      rows(told),
      links(told.links, go),
    ];
    const back = h("button", { type: "button", class: "gz-explain-back", "data-key": "back", onclick: () => this.back() }, `← ${say("view_explain_back")}`);
    fill(this.element, this.past.length ? back : null, parts);
    if (kept) this.element.querySelector(`[data-key="${kept}"]`)?.focus({ preventScroll: true });
    this.mark();
    if (!this.came) this.arrive();
  }

  // A narrow page has the drawer under the map: what was asked for comes into sight, below the map, which stays.
  arrive() {
    this.came = true;
    this.page.drawer.room.scrollTop = 0;
    this.fresh = true;
    this.sight();
  }

  sight() {
    if (NARROW.matches) this.page.drawer.element.scrollIntoView({ block: "start" });
  }

  // On the map: the building meant, and who told whom or where somebody went.
  mark() {
    const { told, asked } = this;
    const chain = told.tellings ? told.tellings[this.telling]?.chain : told.chain;
    this.page.stage.maps.forEach((map, side) => {
      const here = side === asked.side && asked.what !== "actor" && Number.isInteger(told.building);
      map.chosen = here ? { building: told.building } : null;
    });
    this.trace(chain?.length > 1 ? chain : null, asked.side);
  }

  trace(chain, side) {
    const { scene, stage } = this.page;
    if (JSON.stringify([chain, chain && side]) === JSON.stringify([scene.chain, scene.chain && scene.chainSide])) return stage.draw();
    scene.chain = chain;
    scene.chainSide = chain ? side : null;
    stage.changed();
  }

  leave() {
    const map = this.page.stage.maps[this.asked?.side];
    const inside = this.page.drawer.element.contains(document.activeElement);
    this.asked = this.told = this.shown = null;
    this.past = [];
    clearTimeout(this.timer);
    this.timer = null;
    this.page.stage.told = null;
    this.trace(null, null);
    if (inside) map?.canvas.focus({ preventScroll: true });
    if (NARROW.matches) requestAnimationFrame(() => map?.element.parentElement?.scrollIntoView({ block: "start" })); // once the drawer has gone
  }
}
