// Taking away what is shown: a picture of it, a run's results, and the report of a comparison.

import { fill, h } from "./dom.js";
import { save } from "./download.js";
import { picture } from "./picture.js";
import { current, inLanguage, said, say } from "./words.js";

const UNDONE = new Set(["waiting", "running"]);
const ASK = 700; // milliseconds between two questions about a report

export class SavePanel {
  constructor(page) {
    this.page = page;
    this.name = "save";
    this.fetching = new Set(); // keys of films whose results are on their way
    this.report = null; // what the server said last of the report
    this.count = h("input", { type: "number", min: 1, class: "gz-report-count", required: true });
    this.said = h("p", { class: "gz-save-status", role: "status" });
    this.how = () => ""; // what is said of the last thing that was saved
    this.far = h("p", { class: "gz-report-far", role: "status" });
    this.bar = h("progress", { class: "gz-report-bar" });
    this.element = h("div", { class: "gz-form gz-save" });
  }

  // Made anew only where something else is to be seen: a button that is replaced while it is pressed does nothing.
  update() {
    const { sides, save: room } = this.page.state;
    if (room.token !== this.token) this.follow(room.token);
    this.tell();
    const shape = JSON.stringify([current(), sides, room, this.report?.state, [...this.fetching]]);
    if (shape === this.shape) return;
    this.shape = shape;
    this.count.max = room.most;
    this.count.value ||= room.default;
    const held = document.activeElement?.className;
    fill(this.element,
      h("button", { type: "button", class: "gz-save-picture", onclick: () => this.picture() }, say("view_save_picture")),
      h("hr", {}),
      h("h3", {}, say("view_save_results")),
      sides.map((side, place) => h("button", { type: "button", class: `gz-save-results-${place}`, disabled: this.fetching.has(side.key), onclick: () => this.results(side) },
        say("view_save_results_of", { title: `${sides.length > 1 ? `${"AB"[place]} ` : ""}${inLanguage(side.label)}` }))),
      h("p", { class: "gz-note" }, say("view_save_results_note")),
      this.said,
      h("hr", {}),
      h("h3", {}, say("view_report")),
      h("p", { class: "gz-note" }, say("view_report_note")),
      this.reporting(room));
    if (held && /^gz-(save|report)-[\w-]+$/.test(held)) this.element.querySelector(`.${held}`)?.focus();
  }

  // Says how far the report and the last thing that was saved are.
  tell() {
    this.said.textContent = this.how();
    this.bar.max = this.report?.of || 1;
    this.bar.value = this.report?.done ?? 0;
    this.bar.setAttribute("aria-label", say("view_report"));
    const { done, of, drawing } = this.report ?? {};
    const far = this.report?.state === "waiting" ? say("view_report_waiting") : drawing ? say("view_report_drawing") : say("view_report_running", { done: done ?? 0, of: of ?? "…" });
    if (this.far.textContent !== far) this.far.textContent = far;
  }

  // What can be done about the report now.
  reporting(room) {
    const { token, report } = this;
    const running = token && (!report || UNDONE.has(report.state));
    if (running) return [this.bar, this.far, h("button", { type: "button", class: "gz-report-cancel", onclick: () => this.page.act({ do: "report_cancel" }) }, say("view_report_cancel"))];
    const done = token && report?.state === "done";
    return [
      done ? h("a", { class: "gz-report-open", href: `/gongzhi/reports/${token}/report.html`, target: "_blank", rel: "noopener" }, say("view_report_open")) : null,
      done ? h("a", { class: "gz-report-zip", href: `/gongzhi/reports/${token}/results.zip`, download: "comparison.zip" }, say("view_report_zip")) : null,
      room.refused ? h("p", { class: "gz-wrong" }, say("view_report_busy")) : null,
      report?.state === "failed" ? h("p", { class: "gz-wrong" }, say("view_save_failed", { error: said(report.error) })) : null,
      report?.state === "stopped" ? h("p", { class: "gz-wrong" }, say("view_report_stopped")) : null,
      h("label", {}, h("span", {}, say("view_report_count", { most: room.most })), this.count),
      h("button", { type: "button", class: "gz-report-make", onclick: () => this.make() }, say("view_report_make")),
    ];
  }

  make() {
    if (!this.count.reportValidity()) return;
    this.page.act({ do: "report_make", replications: Number(this.count.value), language: current() });
  }

  // Asks about a report until it has ended, whether the panel is open or not.
  async follow(token) {
    this.token = token;
    this.report = null;
    while (token && token === this.token) {
      try {
        const answer = await fetch(`/gongzhi/reports/${token}`);
        if (answer.ok) this.report = await answer.json();
      } catch {
        // the server is away for a moment; ask again
      }
      if (token !== this.token) return;
      const ended = this.report && !UNDONE.has(this.report.state);
      if (ended && this.report.state === "done") this.show(token);
      if (this.page.drawer.open === this) this.update();
      if (ended) return;
      await new Promise((done) => setTimeout(done, ASK));
    }
  }

  // Opens the report; where the browser keeps windows from opening by themselves, its link is there.
  show(token) {
    window.open(`/gongzhi/reports/${token}/report.html`, "_blank", "noopener");
  }

  async results(side) {
    this.fetching.add(side.key);
    this.how = () => say("view_save_computing");
    this.update();
    try {
      const answer = await fetch(`/gongzhi/films/${side.key}/results.zip?name=${encodeURIComponent(side.name)}&language=${current()}`);
      if (answer.status === 503) throw new Error(say("view_report_busy"));
      if (!answer.ok) throw new Error(said((await answer.json()).error));
      save(await answer.blob(), `run-${side.name}-${this.page.state.seed}.zip`);
      this.how = () => say("view_save_done");
    } catch (error) {
      this.how = () => say("view_save_failed", { error: error.message });
    }
    this.fetching.delete(side.key);
    this.update();
  }

  async picture() {
    const blob = await picture(this.page.stage);
    const names = this.page.state.sides.map((side) => side.name).join("-");
    save(blob, `gongzhi-${names}-${Math.floor(this.page.clock.hour)}h.png`);
    this.how = () => say("view_save_done");
    this.tell();
  }
}
