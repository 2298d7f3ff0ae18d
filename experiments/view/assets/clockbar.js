// The clock as people steer it: play, steps, speed, and a slider over all hours.

import { SPEEDS } from "./clock.js";
import { fill, h } from "./dom.js";
import { svg } from "./svg.js";
import { date, say } from "./words.js";

const BUTTONS = [
  ["day_back", -24, "M13 3v12L5 9zM3 3h2v12H3z"],
  ["hour_back", -1, "M12 3v12L4 9z"],
  ["play", 0, ""],
  ["hour_on", 1, "M6 3v12l8-6z"],
  ["day_on", 24, "M5 3v12l8-6zM13 3h2v12h-2z"],
];
const PLAY = "M5 2v14l11-7z";
const PAUSE = "M4 3h4v12H4zM10 3h4v12h-4z";

function icon(path) {
  return svg(18, 18, {}, [["path", { d: path, fill: "currentColor" }]]);
}

export class ClockBar {
  constructor(clock, follows) {
    this.clock = clock;
    this.follows = follows;
    this.time = h("output", { class: "gz-time" });
    this.state = h("span", { class: "gz-wait", role: "status" });
    this.buttons = BUTTONS.map(([name, by, path]) =>
      h("button", { type: "button", class: `gz-clock-${name}`, "data-name": name, onclick: () => (by ? clock.step(by) : clock.play()) }, icon(path)));
    this.slider = h("input", { type: "range", min: 0, step: 1, class: "gz-slider", oninput: () => clock.seek(Number(this.slider.value)) });
    this.speed = h("select", { class: "gz-speed", onchange: () => { clock.speed = Number(this.speed.value); clock.tell(); } });
    this.label = h("label", { class: "gz-speed-label" });
    this.element = h("div", { class: "gz-clock", role: "group" }, this.time, follows ? null : [...this.buttons, this.slider, this.label], this.state);
  }

  relabel() {
    this.element.setAttribute("aria-label", say("view_clock"));
    for (const button of this.buttons) button.setAttribute("aria-label", button.title = say(`view_${button.dataset.name}`));
    this.slider.setAttribute("aria-label", say("view_seek"));
    fill(this.speed, SPEEDS.map((speed) => h("option", { value: speed, selected: speed === this.clock.speed }, say(speed > 24 ? "view_speed_days" : "view_speed_hours", { n: speed > 24 ? speed / 24 : speed }))));
    this.speed.setAttribute("aria-label", say("view_speed")); // a narrow page shows no word beside it
    fill(this.label, h("span", {}, say("view_speed")), this.speed);
  }

  draw(reel, problem) {
    const { clock } = this;
    const hour = Math.floor(clock.minute / 60); // 24 only when the run has ended
    const day = reel ? `${say("view_day", { n: clock.day + 1 })} · ${date(reel.date)} · ` : "";
    const text = `${day}${String(hour).padStart(2, "0")}:00`;
    if (this.time.textContent !== text) this.time.textContent = text;
    const play = this.buttons[2];
    play.querySelector("path").setAttribute("d", clock.playing ? PAUSE : PLAY);
    play.setAttribute("aria-label", play.title = say(clock.playing ? "view_pause" : "view_play"));
    this.slider.max = 24 * clock.days;
    if (document.activeElement !== this.slider || clock.playing) this.slider.value = clock.hour;
    this.slider.setAttribute("aria-valuetext", text);
    const wait = problem ?? (clock.waiting || !reel ? say("view_computing") : "");
    if (this.state.textContent !== wait) this.state.textContent = wait;
    if (this.speed.value !== String(clock.speed)) this.speed.value = clock.speed;
  }
}
