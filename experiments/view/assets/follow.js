// A follower's page: the stage as the trainer shows it, and nothing that steers.

import { Clock } from "./clock.js";
import { fill, h } from "./dom.js";
import { Film } from "./films.js";
import { LAYERS } from "./layers.js";
import { takeScene } from "./lead.js";
import { Stage } from "./stage.js";
import { loadStyle, STYLES } from "./styles.js";
import { current, inLanguage, loadWords, say, speak, spoken } from "./words.js";

const PROBLEMS = { GoneError: "view_class_gone", FullError: "view_class_full", GuessedError: "view_class_wrong" };
const OTHER = ["view_class_gone", "view_class_full", "view_class_wrong"]; // where another code may help
const AGAIN = 3000; // ms until a lost server is looked for again

export async function mount(root) {
  await Promise.all([loadWords(), ...STYLES.map(loadStyle)]);
  const code = location.pathname.match(/\/follow\/(\d{6})$/)?.[1];
  window.gz = code ? new FollowerPage(root, code) : new Door(root);
}

function languageButton() {
  const other = current() === "zh" ? "en" : "zh";
  return h("button", { type: "button", class: "gz-language", lang: other === "zh" ? "zh-CN" : "en", onclick: () => speak(other) }, other === "zh" ? "中文" : "English");
}

// Where somebody without a code types one.
class Door {
  constructor(root) {
    this.root = root;
    spoken(() => this.relabel());
    root.classList.add("gz-ready");
  }

  relabel() {
    const code = h("input", { class: "gz-code-input", inputmode: "numeric", pattern: "\\d{6}", maxlength: 6, required: true, autocomplete: "off", "aria-label": say("view_class_code") });
    const go = (event) => { event.preventDefault(); location.assign(`/gongzhi/follow/${code.value}`); };
    fill(this.root,
      h("header", { class: "gz-bar" }, h("h1", {}, say("view_title")), h("p", { class: "gz-question" }), languageButton()),
      h("form", { class: "gz-form gz-door", onsubmit: go }, h("label", {}, h("span", {}, say("view_class_code")), code), h("button", { type: "submit" }, say("view_class_join"))));
  }
}

class FollowerPage {
  constructor(root, code) {
    this.root = root;
    this.code = code;
    this.keys = "";
    this.films = new Map();
    this.clock = new Clock(1);
    this.scene = { layer: "informed", notice: null, chart: null, chain: null, chainSide: null };
    this.stage = new Stage(this.clock, this.scene, { follows: true });
    this.bar = h("header", { class: "gz-bar" });
    this.problem = h("div", { class: "gz-problem", role: "alert", hidden: true });
    this.body = h("div", { class: "gz-body", hidden: true }, this.stage.element); // until there is something to see
    root.replaceChildren(this.bar, this.problem, this.body);
    this.tell("view_class_waiting");
    spoken(() => this.relabel());
    this.follow();
  }

  relabel() {
    const { stage, code } = this;
    fill(this.bar,
      h("h1", {}, say("view_title")),
      h("p", { class: "gz-question" }, stage.films[0] ? inLanguage(stage.films[0].place.asks) : ""),
      h("nav", { "aria-label": say("view_menu") },
        this.ended ? null : h("a", { class: "gz-fork", href: `/?class=${code}`, target: "_blank", rel: "noopener" }, say("view_class_fork")),
        languageButton()));
    this.tell(this.telling);
  }

  // Shows a message of this key and what one can do; none where it is null.
  tell(key) {
    this.telling = key;
    fill(this.problem, key ? h("pre", {}, say(key)) : null,
      OTHER.includes(key) ? h("a", { class: "gz-other-code", href: "/gongzhi/follow" }, say("view_class_other")) : null,
      OTHER.includes(key) ? h("a", { class: "gz-on-ones-own", href: "/" }, say("view_class_own")) : null);
    this.problem.hidden = !key;
  }

  // Listens to the class. Whether it is there is asked first: an event stream does not say why it was refused.
  async follow() {
    const problem = await this.refusal();
    if (problem) return this.lost(problem);
    this.events = new EventSource(`/gongzhi/classes/${this.code}/events`);
    this.events.addEventListener("shown", (event) => this.show(JSON.parse(event.data)));
    this.events.addEventListener("ended", () => { this.events.close(); this.lost("view_class_gone"); });
    this.events.onerror = () => {
      this.events.close();
      this.lost("view_class_lost");
    };
  }

  async refusal() {
    try {
      const answer = await fetch(`/gongzhi/classes/${this.code}`);
      const body = await answer.json();
      if (answer.ok) return body.room ? null : "view_class_full";
      return PROBLEMS[body.kind] ?? "view_class_lost";
    } catch {
      return "view_class_lost";
    }
  }

  lost(problem) {
    this.clock.play(false);
    this.ended = problem === "view_class_gone";
    this.tell(problem);
    this.relabel();
    this.root.classList.add("gz-ready");
    if (!this.ended) setTimeout(() => this.follow(), problem === "view_class_lost" ? AGAIN : 10 * AGAIN);
  }

  async show(shown) {
    this.latest = shown;
    const keys = shown.sides.map((side) => side.key).join();
    if (keys !== this.keys && !(await this.open(shown, keys))) return;
    if (this.opening) return; // what was published meanwhile is shown once the films are there
    takeScene(this.scene, this.latest.scene, LAYERS);
    this.steer(this.latest);
    this.tell(null);
    this.stage.name(this.latest.sides.map((side) => side.label));
    this.stage.relabel();
    this.root.classList.add("gz-ready");
  }

  async open({ sides }, keys) {
    this.keys = keys;
    this.opening = keys;
    try {
      const films = await Promise.all(sides.map(({ key }) => this.films.get(key) ?? new Film(key).open()));
      if (this.opening !== keys) return false;
      this.films = new Map(films.map((film) => [film.key, film]));
      this.body.hidden = false;
      this.stage.show(films, sides.map((side) => side.label));
      this.relabel();
      return true;
    } catch {
      this.keys = ""; // the next message tries again
      return false;
    } finally {
      if (this.opening === keys) this.opening = null;
    }
  }

  // The trainer's clock; small differences are made up for by running a little faster or slower.
  steer({ hour, speed, playing, age }) {
    const { clock } = this;
    const target = hour + (playing ? speed * age : 0);
    const drift = target - clock.hour;
    const near = playing && clock.playing && Math.abs(drift) < Math.max(1, 1.5 * speed);
    clock.speed = near ? Math.max(0.1, speed + drift / 2) : speed;
    if (!near) clock.seek(target);
    if (clock.playing !== playing) clock.play(playing);
  }
}
