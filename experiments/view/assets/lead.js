// A trainer's page shows a class what it shows: when that changes, and every two seconds for the clocks.

import { say } from "./words.js";

const EVERY = 2000; // ms
const PAUSE = 300; // ms between two messages
const SHOWN = ["layer", "notice", "chart", "chain", "chainSide"];

// The parts of a scene that followers see too.
export function sceneOf(scene) {
  return Object.fromEntries(SHOWN.map((name) => [name, scene[name] ?? null]));
}

// Takes over a scene that was published; a layer that is not known here stays as it was.
export function takeScene(scene, published, layers) {
  for (const name of SHOWN) if (name !== "layer") scene[name] = published[name] ?? null;
  if (published.layer in layers) scene.layer = published.layer;
}

export class Lead {
  constructor(page, layers) {
    this.page = page;
    this.layers = layers;
    this.code = null;
    this.said = "";
    this.at = 0;
    this.hour = 0;
    this.end = page.clock.on(() => this.look());
    this.timer = setInterval(() => this.publish(), EVERY);
  }

  // Shows a state that the server sent.
  show(state) {
    const { code, forked } = state.class;
    if (code !== this.code) {
      this.code = code;
      this.said = "";
    }
    if (forked && !this.forked) this.begin(forked);
    if (code) this.look();
  }

  // This page goes on from what a class sees.
  begin(forked) {
    this.forked = true;
    history.replaceState(null, "", "/");
    if (forked.gone) return this.page.tell(say("view_class_gone"));
    takeScene(this.page.scene, forked.scene, this.layers);
    this.page.clock.seek(forked.hour);
    this.page.stage.relabel();
  }

  // Publishes at once what a follower's own clock could not know.
  look() {
    if (!this.code) return;
    const { clock } = this.page;
    const expected = this.hour + (clock.playing ? (clock.speed * (performance.now() - this.at)) / 1000 : 0);
    const jumped = Math.abs(clock.hour - expected) > (clock.playing ? Math.max(2, clock.speed) : 1e-6);
    if (!jumped && this.what() === this.said) return;
    const rest = PAUSE - (performance.now() - this.at);
    if (rest <= 0) this.publish();
    else this.later ??= setTimeout(() => { this.later = null; this.publish(); }, rest);
  }

  what() {
    const { clock, scene, state } = this.page;
    return JSON.stringify([clock.playing, clock.speed, state.sides.map((side) => side.key), sceneOf(scene)]);
  }

  publish() {
    if (!this.code) return;
    const { clock, scene } = this.page;
    this.said = this.what();
    this.at = performance.now();
    this.hour = clock.hour;
    this.page.act({ do: "lead", hour: clock.hour, speed: clock.speed, playing: clock.playing, scene: sceneOf(scene) });
  }

  leave() {
    this.end();
    clearInterval(this.timer);
    clearTimeout(this.later);
  }
}
