// Lessons: the class reads, guesses, watches, and sees what the runs' own numbers say.

import { fill, h, NARROW } from "./dom.js";
import { inLanguage, say } from "./words.js";

export class LessonsPanel {
  constructor(page) {
    this.page = page;
    this.name = "lessons";
    this.element = h("div", { class: "gz-lesson" });
    this.opened = null; // which opening of a lesson the clock was set for
    this.choice = null;
    this.hands = [];
    this.watching = false;
    page.clock.on((clock) => {
      if (!this.watching || !clock.ended) return;
      this.watching = false;
      page.act({ do: "watched" });
    });
  }

  update() {
    const { lessons, open } = this.page.state.teaching;
    if (open && open.opened !== this.opened) this.begin(open);
    const inside = this.element.contains(document.activeElement);
    const mark = open ? `${open.opened} ${open.step}` : "list";
    this.element.dataset.step = open ? open.step : "list";
    fill(this.element, open ? this.lesson(open) : this.list(lessons));
    // Redrawing takes the focus away: put it where reading goes on.
    if (inside || (this.mark && this.mark !== mark)) this.element.querySelector(".gz-lesson-here")?.focus();
    if (this.mark !== mark) this.element.parentElement?.scrollTo(0, 0);
    if (this.mark !== mark && open?.step === "answered" && NARROW.matches) this.page.drawer.element.scrollIntoView();
    this.mark = mark;
  }

  // Sets clock and map for a lesson that was just opened.
  begin(open) {
    const { clock, scene, stage } = this.page;
    this.opened = open.opened;
    this.choice = open.option;
    this.hands = open.options.map((_, place) => open.hands[place] ?? 0);
    this.watching = false;
    clock.play(false);
    clock.speed = open.speed;
    Object.assign(scene, { layer: open.layer, notice: null, chain: null });
    stage.legend.relabel();
    stage.changed();
    clock.seek(24 * (open.from_day - 1));
  }

  list(lessons) {
    return [
      h("p", { class: "gz-lesson-here", tabindex: "-1" }, say("view_lesson_choose")),
      h("ol", { class: "gz-lesson-list" }, lessons.map((one, place) => h("li", {}, this.button("gz-lesson-open", say("view_lesson_number", { n: place + 1, title: inLanguage(one.title) }), () => this.open(one.name))))),
    ];
  }

  lesson(open) {
    const parts = {
      read: () => [this.intro(open), this.question(open), this.watch(open, "view_lesson_watch", "gz-lesson-main")],
      guessed: () => this.guessed(open),
      watched: () => this.guessed(open),
      answered: () => this.answered(open),
      elsewhere: () => [
        h("p", { class: "gz-lesson-here", tabindex: "-1" }, say("view_lesson_elsewhere")),
        this.button("gz-lesson-back gz-lesson-main", say("view_lesson_back"), () => this.open(open.name)),
      ],
    };
    return [
      this.button("gz-lesson-leave", `← ${say("view_lesson_all")}`, () => this.page.act({ do: "leave" })),
      h("h3", {}, inLanguage(open.title)),
      ...parts[open.step](),
    ];
  }

  guessed(open) {
    return [this.question(open), this.answerButton(open), this.watch(open, "view_lesson_again", "")];
  }

  intro(open) {
    return h("p", { class: "gz-lesson-here", tabindex: "-1" }, inLanguage(open.intro));
  }

  question(open) {
    const rows = open.options.map((option, place) => {
      const text = inLanguage(option);
      const button = this.button("gz-lesson-option", text, () => this.guess(place));
      button.setAttribute("aria-pressed", String(this.choice === place));
      const hands = h("input", {
        type: "number", min: 0, max: 999, class: "gz-lesson-hands", "aria-label": say("view_lesson_hands", { option: text }),
        value: this.hands[place] || "", oninput: () => this.count(place, hands.value),
      });
      return h("li", {}, button, hands);
    });
    this.options = h("ol", { class: "gz-lesson-options" }, rows);
    const here = open.step === "read" ? { class: "gz-lesson-question" } : { class: "gz-lesson-question gz-lesson-here", tabindex: "-1" };
    return h("section", { "aria-label": say("view_lesson_question") },
      h("h4", here, inLanguage(open.question)), h("p", { class: "gz-note" }, say("view_lesson_hands_note")), this.options);
  }

  guess(place) {
    this.choice = this.choice === place ? null : place;
    this.options.querySelectorAll(".gz-lesson-option").forEach((button, each) => button.setAttribute("aria-pressed", String(each === this.choice)));
    this.allow();
  }

  count(place, text) {
    const count = Math.floor(Number(text));
    this.hands[place] = count >= 0 && count <= 999 ? count : 0;
    this.allow();
  }

  allow() {
    if (this.start) this.start.disabled = this.choice === null && !this.hands.some(Boolean);
  }

  watch(open, words, classes) {
    const text = say(words, { first: open.from_day, last: open.until_day });
    this.start = this.button(`gz-lesson-watch ${classes}`, text, () => {
      const { clock } = this.page;
      this.page.act({ do: "guess", option: this.choice, hands: this.hands });
      clock.play(false);
      clock.speed = open.speed;
      clock.seek(24 * (open.from_day - 1));
      clock.play(true);
      this.watching = true;
      if (NARROW.matches) this.page.stage.element.scrollIntoView(); // there the map lies above the lesson
    });
    this.allow();
    return this.start;
  }

  answerButton(open) {
    const wait = () => {
      button.disabled = true;
      fill(button, say("view_computing"));
    };
    const button = this.button("gz-lesson-answer gz-lesson-main", say("view_lesson_answer"), () => {
      this.watching = false;
      this.page.clock.play(false);
      wait();
      this.page.act({ do: "answer" });
    });
    if (open.answering) wait();
    return button;
  }

  answered(open) {
    const { right, numbers, because, explain } = open.answer;
    const most = Math.max(1, ...open.hands);
    const options = open.options.map((option, place) => {
      const notes = [place === right ? `✓ ${say("view_lesson_right")}` : null, place === open.option ? say("view_lesson_guess") : null, open.hands[place] ? say("view_lesson_hands_shown", { n: open.hands[place] }) : null].filter(Boolean);
      return h("li", { class: place === right ? "gz-lesson-right" : "gz-lesson-other" },
        h("span", {}, inLanguage(option)),
        notes.length ? h("span", { class: "gz-lesson-notes" }, notes.join(" · ")) : null,
        open.hands[place] ? h("span", { class: "gz-lesson-bar", style: `width:${(100 * open.hands[place]) / most}%` }) : null);
    });
    return [
      h("h4", { class: "gz-lesson-question" }, inLanguage(open.question)),
      h("ol", { class: "gz-lesson-options" }, options),
      h("h4", { class: "gz-lesson-here", tabindex: "-1" }, say("view_lesson_what_run_says", { n: open.until_day })),
      h("dl", { class: "gz-lesson-numbers" }, numbers.map((one) => h("div", {}, h("dd", {}, one.number, h("span", {}, ` ${inLanguage(one.unit)}`)), h("dt", {}, inLanguage(one.label))))),
      because ? h("p", { class: "gz-lesson-because" }, inLanguage(because)) : null,
      h("p", {}, inLanguage(explain)),
      open.next ? h("h4", {}, say("view_lesson_next")) : null,
      open.next ? h("p", {}, inLanguage(open.next)) : null,
      this.button("gz-lesson-seed", say("view_lesson_seed"), () => this.reseed(open)),
      this.button("gz-lesson-over", say("view_lesson_over"), () => this.open(open.name)),
    ];
  }

  reseed(open) {
    this.page.clock.play(false);
    this.page.clock.seek(24 * (open.from_day - 1));
    this.page.act({ do: "reset", seed: Math.floor(Math.random() * 1e6) });
  }

  open(name) {
    this.page.clock.play(false);
    this.page.act({ do: "lesson", name });
  }

  button(classes, text, onclick) {
    return h("button", { type: "button", class: classes, onclick }, text);
  }
}
