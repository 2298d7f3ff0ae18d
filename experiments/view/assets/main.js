// The trainer's page: the stage, a bar above it, and a drawer at its side for everything else.

import { Clock } from "./clock.js";
import { fill, h } from "./dom.js";
import { Drawer } from "./drawer.js";
import { Film } from "./films.js";
import { LAYERS } from "./layers.js";
import { Lead } from "./lead.js";
import { Stage } from "./stage.js";
import { loadStyle, STYLES } from "./styles.js";
import { current, inLanguage, loadWords, say, speak, spoken } from "./words.js";

const AGAIN = 5000; // ms after which a film that could not be opened is asked for again

export async function mount(root, act) {
  await Promise.all([loadWords(), ...STYLES.map(loadStyle)]);
  window.gz = new Page(root, act); // for measuring, and for whoever looks at it in the console
  return window.gz;
}

class Page {
  constructor(root, act) {
    this.act = act;
    this.films = new Map();
    this.clock = new Clock(1);
    this.scene = { layer: "informed", notice: null, chart: null, chain: null, chainSide: null };
    this.stage = new Stage(this.clock, this.scene, { pick: (side, target) => this.drawer.explain(side, target) });
    this.drawer = new Drawer(this);
    this.lead = new Lead(this, LAYERS);
    this.stage.onscene = () => { this.lead.look(); this.drawer.panel("explain").tick(); };
    this.problem = h("div", { class: "gz-problem", role: "alert", hidden: true });
    this.bar = h("header", { class: "gz-bar" });
    this.body = h("div", { class: "gz-body" }, this.stage.element, this.drawer.element);
    root.replaceChildren(this.bar, this.problem, this.body);
    this.root = root;
    this.end = spoken(() => this.relabel());
    this.keys = (event) => this.key(event);
    document.addEventListener("keydown", this.keys);
  }

  // Shows a state that the server sent, see Session.state.
  async show(state) {
    if (state.full) {
      this.clock.play(false); // a page that had a place may have lost it to somebody else
      this.full = state.full;
      this.body.hidden = !this.state; // without a place there is nothing to see
      return this.relabel();
    }
    if (state.refused) {
      this.body.hidden = true;
      return this.tell(inLanguage(state.refused));
    }
    this.state = state;
    this.tell(state.problem ? inLanguage(state.problem) : "");
    if (!(await this.open(state.sides.map((side) => side.key)))) return;
    this.stage.name(this.labels);
    this.relabel();
    this.drawer.update();
    this.lead.show(this.state);
    this.root.classList.add("gz-ready");
  }

  get labels() {
    return this.state.sides.map((side) => side.label);
  }

  // Brings the films of these keys on the stage, where they are not there yet. False where that is left to
  // another state: one that came before and waits for the same films, or one that came after and wants others.
  async open(keys) {
    const wanted = keys.join();
    if (wanted === this.opening) return false;
    this.opening = null; // what was on its way is not wanted any more
    if (wanted === this.stage.films.map((film) => film.key).join()) return true;
    this.opening = wanted;
    try {
      const films = await Promise.all(keys.map((key) => this.films.get(key) ?? new Film(key).open()));
      if (this.opening !== wanted) return false;
      this.films = new Map(films.map((film) => [film.key, film]));
      this.stage.show(films, this.labels);
    } catch (error) {
      if (this.opening !== wanted) return false;
      this.tell(say(error.died ? "view_died" : "view_not_fetched", { error: error.message }));
      clearTimeout(this.again);
      if (!error.died) this.again = setTimeout(() => this.show(this.state), AGAIN);
    }
    this.opening = null;
    return true;
  }

  tell(text) {
    const act = this.full ? () => location.reload() : () => this.tell("");
    fill(this.problem, h("pre", {}, text), h("button", { type: "button", class: "gz-problem-act", onclick: act }, say(this.full ? "view_try_again" : "view_close")));
    this.problem.hidden = !text;
  }

  relabel() {
    const held = this.bar.contains(document.activeElement) ? document.activeElement.className : null;
    fill(
      this.bar,
      h("h1", {}, say("view_title")),
      h("p", { class: "gz-question" }, this.stage.films[0] ? inLanguage(this.stage.films[0].place.asks) : ""),
      h("nav", { "aria-label": say("view_menu") }, this.body.hidden ? null : this.drawer.buttons(),
        h("button", { type: "button", class: "gz-language", lang: current() === "zh" ? "en" : "zh-CN", onclick: () => speak(current() === "zh" ? "en" : "zh") }, current() === "zh" ? "English" : "中文")),
    );
    if (this.full) this.tell(say("view_full", { n: this.full }));
    if (held) this.bar.querySelector(`.${held}`)?.focus(); // its button was made anew
    document.title = say("view_title");
  }

  key(event) {
    if (event.target.closest("input, select, textarea, [contenteditable]") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.closest("button, a")) return; // it is pressed
    const step = { ".": 1, ",": -1, ">": 24, "<": -24 }[event.key];
    if (event.key === " ") this.clock.play();
    else if (step) this.clock.step(step);
    else return;
    event.preventDefault();
  }

  leave() {
    this.end();
    this.lead.leave();
    this.stage.leave();
    clearTimeout(this.again);
    document.removeEventListener("keydown", this.keys);
  }
}
