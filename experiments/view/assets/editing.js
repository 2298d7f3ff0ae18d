// Editing the scenario of a side as YAML: checked while one writes, applied, opened from a file, downloaded.

import { fill, h } from "./dom.js";
import { save } from "./download.js";
import { Drafts } from "./drafts.js";
import { Schema } from "./schema.js";
import { current, inLanguage, say } from "./words.js";

const PAUSE = 400; // milliseconds after the last key before the text is checked
const PHRASES = {
  find: "Find", replace: "Replace", next: "next", previous: "previous", all: "all", case: "match case", words: "by word",
  regexp: "regexp", replace_one: "replace", replace_all: "replace all", close: "close", fold: "Fold line", unfold: "Unfold line",
};

export class YamlPanel {
  constructor(page) {
    this.page = page;
    this.name = "yaml";
    this.side = 0;
    this.turn = 0; // of the last check that was asked for
    this.answered = 0; // number of the last answer that was read
    this.key = null; // of the film whose text is shown
    this.dirty = false;
    this.drafts = new Drafts((draft) => this.bring(draft));
    this.drafts.writing = () => this.dirty;
    this.problems = [];
    this.status = () => "";
    this.tools = h("div", { class: "gz-yaml-tools" });
    this.box = h("div", { class: "gz-yaml-box" });
    this.meaning = h("p", { class: "gz-note gz-yaml-meaning" });
    this.said = h("p", { class: "gz-yaml-status", role: "status" });
    this.list = h("ol", { class: "gz-yaml-problems" });
    this.note = h("p", { class: "gz-note" });
    this.file = h("input", { type: "file", accept: ".yaml,.yml,.json", hidden: true, class: "gz-yaml-file", onchange: () => this.read() });
    this.element = h("div", { class: "gz-yaml" }, this.tools, this.drafts.element, this.box, this.meaning, this.said, this.list, this.note, this.file);
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") event.stopPropagation(); // it lets Tab leave, and closes nothing but the editor's own
    });
  }

  update() {
    const { sides } = this.page.state;
    if (this.side >= sides.length) this.turnTo(0);
    this.relabel();
    if (!this.editor) return this.load();
    this.listen();
    if (sides[this.side].key === this.key) return;
    this.setAside(); // it was written for something that is not shown any more
    this.ask();
  }

  // Fetches the editor when it is first wanted: it is as large as the rest of the page.
  load() {
    this.loading ??= Promise.all([import("./vendor/editor.js"), this.learn()]).then(([{ Editor }]) => {
      this.editor = new Editor(this.box, {
        text: "", label: say("view_yaml_label"),
        complete: (text, position, explicit) => this.schema.complete(text, position, explicit, { extends: this.page.state.yaml.names }),
        explain: (text, position) => this.explain(text, position),
        changed: () => this.changed(),
        moved: (text, position) => { this.meaning.textContent = this.explain(text, position); },
        apply: () => this.apply(),
      });
      this.update();
    }).catch((error) => {
      this.loading = null; // opening the panel again tries again
      this.said.textContent = say("view_missing", { error: error.message });
    });
  }

  // Fetches what may stand where, with its meaning in the language of the page.
  async learn() {
    const language = current();
    if (this.language === language) return;
    const answer = await fetch(`/gongzhi/schema?lang=${language}`);
    if (!answer.ok) throw new Error(answer.statusText);
    const schema = new Schema(await answer.json());
    if (current() !== language) return; // it was changed again
    this.language = language;
    this.schema = schema;
    this.meaning.textContent = "";
    this.editor?.mark(this.marks());
  }

  relabel() {
    if (this.editor) this.learn().catch(() => {}); // the next change of language tries again
    const { sides, yaml } = this.page.state;
    const choose = h("select", { class: "gz-yaml-side", "aria-label": say("view_yaml_side"), onchange: () => this.turnTo(Number(choose.value)) },
      sides.map((side, place) => h("option", { value: place, selected: place === this.side }, `${sides.length > 1 ? `${"AB"[place]}  ` : ""}${inLanguage(side.label)}`)));
    const button = (name, act) => h("button", { type: "button", class: `gz-yaml-${name}`, onclick: act }, say(`view_yaml_${name}`));
    const held = document.activeElement?.className;
    fill(this.tools, choose, button("apply", () => this.apply()), button("open", () => this.file.click()), button("download", () => this.download()),
      button("find", () => this.editor?.find()), button("revert", () => this.revert()));
    if (held && /^gz-yaml-\w+$/.test(held)) this.tools.querySelector(`.${held}`)?.focus();
    this.note.textContent = say("view_yaml_note", { most: Math.floor(yaml.most / 1000) });
    this.drafts.relabel();
    this.editor?.speak(say("view_yaml_label"), Object.fromEntries(Object.entries(PHRASES).map(([key, phrase]) => [phrase, say(`view_yaml_word_${key}`)])));
    this.tell();
  }

  // Goes to the other side; what was written on this one and not applied is there when one comes back.
  turnTo(side) {
    this.setAside();
    this.side = side;
    if (!this.editor) return; // its text is asked for once there is one
    const draft = this.drafts.take(side, this.page.state.sides[side].key);
    if (!draft) return this.ask();
    this.bring(draft);
  }

  // Keeps what is being written, where it was not applied: something else comes in its place.
  setAside() {
    clearTimeout(this.timer);
    if (this.dirty) this.drafts.keep({ side: this.side, key: this.key, title: this.title, text: this.editor.text, opened: this.opened });
    this.dirty = false;
    this.opened = null;
  }

  // Puts what was kept into the editor again: for its own side while that shows what it was written for, else
  // for the one that is chosen.
  bring(draft) {
    this.setAside();
    if (this.page.state.sides[draft.side]?.key === draft.key) this.side = draft.side;
    this.know();
    this.relabel();
    this.opened = draft.opened;
    this.take(draft.text, true);
    this.editor.focus();
  }

  ask() {
    this.know();
    this.page.act({ do: "yaml_text", side: this.side });
  }

  // Takes down for which film, by which name, one writes.
  know() {
    const { key, label } = this.page.state.sides[this.side];
    const letter = this.page.state.sides.length > 1 ? `${"AB"[this.side]} ` : "";
    this.key = key;
    this.title = () => `${letter}${inLanguage(label)}`;
  }

  // Reads what the server answered last, once.
  listen() {
    const { reply } = this.page.state.yaml;
    if (!reply || reply.number === this.answered || reply.side !== this.side) return;
    this.answered = reply.number;
    if (reply.about === "text") {
      this.setAside(); // of somebody who began to write before it came
      this.take(reply.text, false);
    }
    else if (reply.about === "check" && reply.turn === this.turn) this.show(reply);
    else if (reply.about === "apply") {
      this.show(reply);
      if (reply.problems.length) return this.editor.focus();
      if (this.page.state.problem) return; // the page says it: what was right could not be shown
      this.know();
      this.dirty = this.editor.text !== this.applied; // somebody may have gone on writing
      this.status = () => say("view_yaml_applied");
      this.tell();
    }
  }

  take(text, dirty) {
    if (text !== this.editor.text) this.editor.text = text;
    this.dirty = dirty;
    this.check();
  }

  changed() {
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), PAUSE);
  }

  // The text, or null and a word about it where it is longer than the server would take.
  get text() {
    const { text } = this.editor;
    if (new TextEncoder().encode(text).length <= this.page.state.yaml.most) return text;
    this.show({ problems: [{ line: null, path: "", message: this.tooLong() }] });
    return null;
  }

  tooLong() {
    return say("view_yaml_too_long", { most: Math.floor(this.page.state.yaml.most / 1000) });
  }

  check() {
    clearTimeout(this.timer);
    const { text } = this;
    if (text === null) return;
    this.turn += 1;
    this.page.act({ do: "yaml_check", side: this.side, turn: this.turn, text, file: this.opened });
  }

  apply() {
    clearTimeout(this.timer);
    const { text } = this;
    if (text === null) return;
    this.applied = text;
    this.page.clock.play(false);
    this.page.act({ do: "yaml_apply", side: this.side, text, file: this.opened });
  }

  revert() {
    this.setAside();
    this.ask();
    this.page.act({ do: "yaml_revert", side: this.side });
  }

  async read() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file) return;
    if (file.size > this.page.state.yaml.most) return this.show({ problems: [{ line: null, path: "", message: this.tooLong() }] });
    this.setAside();
    this.opened = file.name.replace(/\.\w+$/, "").replace(/[^\p{L}\p{N}_-]+/gu, "_").slice(0, 40) || null;
    this.take(await file.text(), true);
    this.editor.focus();
  }

  download() {
    save(new Blob([this.editor.text], { type: "application/yaml" }), `${this.opened ?? this.page.state.sides[this.side].name}.yaml`);
  }

  explain(text, position) {
    const path = this.schema.path(text, position);
    const meaning = path ? this.schema.text(this.schema.at(path)) : "";
    return meaning ? `${path.join(".")}: ${meaning}` : "";
  }

  show({ problems, cost }) {
    this.problems = problems;
    this.status = () => {
      if (this.problems.length) return say("view_yaml_wrong", { n: this.problems.length });
      return cost ? say("view_yaml_right", { residents: cost.residents.toLocaleString("en"), days: cost.days }) : "";
    };
    this.editor.mark(this.marks());
    this.tell();
  }

  marks() {
    return this.problems.map((one) => ({ ...one, message: this.message(one) }));
  }

  message({ path, message }) {
    const text = typeof message === "string" ? message : inLanguage(message);
    return path ? `${path}: ${text}` : text;
  }

  tell() {
    this.said.textContent = this.status();
    this.said.classList.toggle("gz-wrong", this.problems.length > 0);
    fill(this.list, this.problems.map((one) => h("li", {}, one.line
      ? h("button", { type: "button", onclick: () => this.editor.go(one.line, one.column ?? 1) }, `${say("view_yaml_line", { n: one.line })} · ${this.message(one)}`)
      : this.message(one))));
  }
}
