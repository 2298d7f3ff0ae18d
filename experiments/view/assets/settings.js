// Settings of a side: switches and values, put in force from now on, as a fork, or from the beginning.

import { fill, h } from "./dom.js";
import { inLanguage, said, say } from "./words.js";

const FIRST = /^(mechanisms|minutes)\./; // shown before anything is searched for
const MOST = 40;

async function settings(key) {
  const answer = await fetch(`/gongzhi/films/${key}/settings`);
  if (!answer.ok) throw new Error(said((await answer.json().catch(() => ({}))).error ?? answer.statusText));
  return answer.json();
}

export class SettingsPanel {
  constructor(page) {
    this.page = page;
    this.name = "settings";
    this.side = 0;
    this.wants = new Map(); // film key -> path -> value that is not in force yet
    this.sent = null; // what was asked for last, until the server has answered
    this.known = new Map(); // film key -> its settings
    this.search = h("input", { type: "search", class: "gz-search", oninput: () => this.list() });
    this.head = h("div", { class: "gz-form" });
    this.rows = h("div", { class: "gz-settings" });
    this.foot = h("div", { class: "gz-settings-foot", role: "status" });
    this.element = h("div", { class: "gz-settings-panel" }, this.head, this.rows, this.foot);
  }

  get film() {
    return this.page.stage.films[Math.min(this.side, this.page.stage.films.length - 1)];
  }

  get wanted() {
    const { key } = this.film;
    if (!this.wants.has(key)) this.wants.set(key, new Map());
    return this.wants.get(key);
  }

  async update() {
    const { films } = this.page.stage;
    if (!films.length) return;
    this.hear();
    this.side = Math.min(this.side, films.length - 1);
    this.search.placeholder = say("view_search_settings");
    this.search.setAttribute("aria-label", say("view_search_settings"));
    fill(this.head,
      films.length > 1 ? h("div", { class: "gz-choose-side", role: "group", "aria-label": say("view_which_side") }, films.map((film, side) =>
        h("button", { type: "button", "aria-pressed": String(side === this.side), onclick: () => { this.side = side; this.update(); } }, `${"AB"[side]} ${inLanguage(this.page.stage.labels[side])}`))) : null,
      this.search);
    const { key } = this.film;
    if (!this.known.has(key)) {
      try {
        this.known.set(key, await settings(key));
      } catch (error) {
        return fill(this.rows, h("p", { class: "gz-wrong", role: "alert" }, say("view_missing", { error: error.message })));
      }
    }
    for (const each of [this.known, this.wants])
      for (const old of each.keys()) if (!this.page.stage.films.some((film) => film.key === old)) each.delete(old);
    if (this.film.key === key) this.list();
  }

  // What was refused is still wanted, what was done is not; a fork is done on side B.
  hear() {
    const { version, problem, sides } = this.page.state;
    if (!this.sent || version === this.sent.version) return;
    if (sides.some((side, place) => side.key !== this.page.stage.films[place]?.key)) return; // not yet on the stage
    if (!problem) {
      this.sent.wanted.clear();
      if (this.sent.action === "fork") this.side = sides.length - 1;
    }
    this.sent = null;
  }

  // The day from whose start on a change would hold: the present one only where it has not begun.
  get day() {
    const { clock } = this.page;
    return Math.min(clock.minute > 0 ? clock.day + 1 : clock.day, clock.days - 1);
  }

  // What a setting is on the day from which it can be changed, with what was changed already.
  now(setting) {
    const { day } = this;
    const past = setting.changes.filter(([when]) => when <= day);
    return past.length ? past.at(-1)[1] : setting.value;
  }

  list() {
    const all = this.known.get(this.film.key) ?? [];
    const words = this.search.value.trim().toLowerCase();
    const fits = (one) => (words ? `${one.path} ${one.name.en} ${one.name.zh}`.toLowerCase().includes(words) : FIRST.test(one.path));
    const found = all.filter(fits);
    fill(this.rows, found.slice(0, MOST).map((one) => this.row(one)),
      found.length > MOST ? h("p", { class: "gz-note" }, say("view_more_settings", { n: found.length - MOST })) : null,
      found.length ? null : h("p", { class: "gz-note" }, say("view_no_settings")));
    this.offer(all);
  }

  row(setting) {
    const input = this.input(setting);
    const id = `gz-set-${setting.path.replaceAll(".", "-")}`;
    const fixed = setting.can ? null : h("span", { class: "gz-fixed", id: `${id}-fixed` }, say("view_from_start_only", { why: inLanguage(setting.why_not) }));
    const control = input.matches("input, select") ? input : input.querySelector("input[type=number]");
    control.id = id;
    const meaning = h("p", { class: "gz-meaning", id: `${id}-meaning` }, inLanguage(setting.doc));
    control.setAttribute("aria-describedby", fixed ? `${meaning.id} ${fixed.id}` : meaning.id);
    return h("div", { class: "gz-setting" },
      h("label", { for: id }, inLanguage(setting.name)),
      h("div", { class: "gz-setting-value" }, input, this.unit(setting)),
      meaning,
      fixed,
      h("code", { class: "gz-path" }, setting.path));
  }

  unit(setting) {
    const range = setting.low !== null && setting.kind !== "duration" && setting.kind !== "time of day" ? `${setting.low}–${setting.high ?? ""}` : "";
    const unit = setting.unit ? inLanguage(setting.unit) : "";
    return range || unit ? h("span", { class: "gz-note gz-unit" }, [range, unit].filter(Boolean).join(" ")) : null;
  }

  input(setting) {
    const value = this.wanted.get(setting.path) ?? this.now(setting);
    const take = (wanted) => {
      if (wanted === this.now(setting) || wanted === null) this.wanted.delete(setting.path);
      else this.wanted.set(setting.path, wanted);
      this.offer(this.known.get(this.film.key));
    };
    if (setting.kind === "switch") {
      const box = h("input", { type: "checkbox", role: "switch", onchange: () => take(box.checked) });
      box.checked = value;
      return box;
    }
    if (setting.kind === "choice") {
      const select = h("select", { onchange: () => take(select.value) }, setting.choices.map((choice) => h("option", { value: choice.value, selected: choice.value === value }, inLanguage(choice.label))));
      return select;
    }
    if (setting.kind === "number" || setting.kind === "whole number") {
      const slides = setting.low !== null && setting.high !== null && setting.high <= 100;
      const step = setting.kind === "number" ? (setting.high !== null && setting.high <= 10 ? 0.01 : "any") : 1;
      const box = h("input", { type: "number", value, step, min: setting.low, max: setting.high, oninput: () => { if (slide) slide.value = box.value; take(box.value === "" ? null : Number(box.value)); } });
      const slide = slides ? h("input", { type: "range", value, step, min: setting.low, max: setting.high, "aria-label": inLanguage(setting.name), oninput: () => { box.value = slide.value; take(Number(slide.value)); } }) : null;
      return slide ? h("span", { class: "gz-slide" }, slide, box) : box;
    }
    const text = h("input", { type: "text", value, oninput: () => take(text.value.trim() || null) });
    return text;
  }

  // What can be done with the values that are wanted.
  offer(all) {
    const wanted = [...this.wanted.keys()];
    const fixed = all.filter((one) => this.wanted.has(one.path) && !one.can);
    const { clock } = this.page;
    const { day } = this;
    const midway = !fixed.length;
    const go = (action) => {
      clock.play(false);
      this.page.act({ do: action, side: this.side, day, values: Object.fromEntries(this.wanted) });
      this.sent = { action, wanted: this.wanted, version: this.page.state.version };
      if (action === "restart") clock.seek(0);
    };
    const button = (action, on) => h("button", { type: "button", class: `gz-${action}`, disabled: !on, onclick: () => go(action) }, say(`view_${action}`, { day: day + 1 }));
    fill(this.foot,
      h("p", { class: "gz-note" }, wanted.length ? say("view_wanted", { n: wanted.length }) : say("view_nothing_wanted")),
      fixed.length ? h("p", { class: "gz-note" }, say("view_fixed", { names: fixed.map((one) => inLanguage(one.name)).join(", ") })) : null,
      button("change", wanted.length && midway), button("fork", wanted.length && midway), button("restart", wanted.length));
  }
}
