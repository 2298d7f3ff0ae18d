// One community on a canvas: buildings by value, cases by stage, people on their rounds.

import { colourAt, css, inkOn, MARKS, markOf, PEOPLE, peopleOf } from "./colours.js";
import { h } from "./dom.js";
import { listen } from "./gestures.js";
import { LAYERS, placeOnScale } from "./layers.js";
import { casesAt, peopleAt } from "./moment.js";
import { drawShape } from "./shapes.js";
import { say } from "./words.js";

const MARGIN = 26; // pixels around the place
const MOST_MARKS = 6; // cases drawn at a building; the others are counted
const FONT = "'Gongzhi Sans SC', 'Noto Sans SC', sans-serif";

export class MapView {
  // `view` is shared by maps side by side, so that they zoom and move together.
  constructor(view, pick) {
    this.view = view;
    this.pick = pick;
    this.canvas = h("canvas", { class: "gz-map", tabindex: "0", role: "img" });
    this.tip = h("div", { class: "gz-tip", hidden: true });
    this.element = h("div", { class: "gz-map-box" }, this.canvas, this.tip);
    this.targets = [];
    this.chosen = null;
    this.film = null;
    listen(this.canvas, view, {
      point: (event) => this.point(event),
      choose: (event) => this.choose(this.target(event) ?? null),
      leave: () => { this.tip.hidden = true; },
    });
    this.canvas.addEventListener("keydown", (event) => this.key(event));
  }

  // Draws the moment `minute` of a reel; `scene` says which layer, which notice and what is chosen.
  draw(film, reel, minute, scene) {
    this.film = film;
    this.last = [film, reel, minute, scene];
    const box = this.canvas.getBoundingClientRect();
    const dense = Math.min(2, window.devicePixelRatio || 1);
    const [width, height] = [Math.max(1, Math.round(box.width)), Math.max(1, Math.round(box.height))];
    const dots = [Math.round(width * dense), Math.round(height * dense)]; // a screen may have 1.25 to a pixel
    if (this.canvas.width !== dots[0] || this.canvas.height !== dots[1]) [this.canvas.width, this.canvas.height] = dots;
    const ink = this.canvas.getContext("2d");
    ink.setTransform(dense, 0, 0, dense, 0, 0);
    ink.fillStyle = "#f7f7f5";
    ink.fillRect(0, 0, width, height);
    this.fit(width, height);
    this.targets = [];
    this.drawBounds(ink);
    this.drawBuildings(ink, reel, minute, scene);
    this.drawCases(ink, reel, minute);
    this.drawPeople(ink, reel, minute);
    if (scene.chain) this.drawChain(ink, scene.chain);
    this.drawScale(ink, width, height);
  }

  fit(width, height) {
    const { x, y, side } = this.film.place.buildings;
    if (!this.extent) {
      const half = Math.max(...side) / 2;
      this.extent = [Math.min(...x) - half, Math.min(...y) - half, Math.max(...x) + half, Math.max(...y) + half];
    }
    const [west, south, east, north] = this.extent;
    this.view.reach = [width / 2, height / 2];
    const scale = Math.min((width - 2 * MARGIN) / (east - west), (height - 2 * MARGIN) / (north - south));
    this.scale = Math.max(1e-6, scale) * this.view.zoom;
    this.middle = [(west + east) / 2 + this.view.x / this.scale, (south + north) / 2 + this.view.y / this.scale];
    this.size = [width, height];
  }

  at(x, y) {
    return [
      this.size[0] / 2 + (x - this.middle[0]) * this.scale,
      this.size[1] / 2 - (y - this.middle[1]) * this.scale,
    ];
  }

  building(place) {
    const { x, y } = this.film.place.buildings;
    return this.at(x[place], y[place]);
  }

  half(place) {
    return Math.max(3, (this.film.place.buildings.side[place] * this.scale) / 2);
  }

  drawBounds(ink) {
    ink.strokeStyle = "#8a8a8a";
    ink.lineWidth = 1.5;
    ink.setLineDash([7, 5]);
    ink.beginPath();
    for (const [x1, y1, x2, y2] of this.film.place.bounds) {
      ink.moveTo(...this.at(x1, y1));
      ink.lineTo(...this.at(x2, y2));
    }
    ink.stroke();
    ink.setLineDash([]);
  }

  drawBuildings(ink, reel, minute, scene) {
    const layer = LAYERS[scene.layer];
    const values = layer.values(this.film, reel, minute, scene.notice);
    const outlines = this.film.place.buildings.outline;
    ink.textAlign = "center";
    ink.textBaseline = "middle";
    values.forEach((value, place) => {
      const [x, y] = this.building(place);
      const half = this.half(place);
      const colour = value === null ? [217, 217, 217] : colourAt(layer.scale, placeOnScale(layer, value));
      ink.fillStyle = css(colour);
      ink.beginPath();
      const outline = outlines?.[place];
      if (outline) for (const ring of outline) this.trace(ink, ring);
      else ink.rect(x - half, y - half, 2 * half, 2 * half);
      ink.fill("evenodd");
      const chosen = this.chosen?.building === place;
      ink.strokeStyle = chosen ? "#D55E00" : "#595959";
      ink.lineWidth = chosen ? 4 : 1;
      ink.stroke();
      if (half >= 15 && value !== null) {
        ink.fillStyle = inkOn(colour);
        ink.font = `600 ${Math.min(20, Math.max(12, half * 0.62))}px ${FONT}`;
        ink.fillText(layer.write(value), x, y + 1);
      }
      this.targets.push({ what: "building", number: place, x, y, reach: half, value });
    });
  }

  trace(ink, ring) {
    ring.forEach(([x, y], place) => (place ? ink.lineTo(...this.at(x, y)) : ink.moveTo(...this.at(x, y))));
    ink.closePath();
  }

  drawCases(ink, reel, minute) {
    const drawn = new Map();
    for (const one of casesAt(reel, minute)) {
      const name = markOf(this.film.place.states[one.state]);
      const place = drawn.get(one.building) ?? 0;
      drawn.set(one.building, place + 1);
      if (place >= MOST_MARKS) continue;
      const [x, y] = this.building(one.building);
      const half = this.half(one.building);
      const size = Math.max(2.8, Math.min(8, half * 0.4));
      const spot = [x - half + size + 2.3 * size * (place % 3), y - half - size * (0.4 + 2.2 * Math.floor(place / 3))];
      drawShape(ink, MARKS[name], ...spot, size);
      this.targets.push({ what: "case", number: one.number, x: spot[0], y: spot[1], reach: size + 2, state: one.state, kind: one.kind });
    }
    ink.font = `600 13px ${FONT}`;
    ink.fillStyle = "#1a1a1a";
    ink.strokeStyle = "#ffffff"; // it may stand over a building or a mark
    ink.lineWidth = 3;
    for (const [building, count] of drawn) {
      if (count <= MOST_MARKS) continue;
      const [x, y] = this.building(building);
      const spot = [`+${count - MOST_MARKS}`, x + this.half(building) + 10, y - this.half(building)];
      ink.strokeText(...spot);
      ink.fillText(...spot);
    }
  }

  drawPeople(ink, reel, minute) {
    const { role } = this.film.place.actors;
    for (const one of peopleAt(reel, minute)) {
      const [x1, y1] = this.building(one.from);
      const [x2, y2] = this.building(one.to);
      const turn = 2.4 * one.actor;
      const aside = Math.max(5, this.half(one.to) * 0.62);
      const x = x1 + (x2 - x1) * one.way + aside * Math.cos(turn);
      const y = y1 + (y2 - y1) * one.way + aside * Math.sin(turn);
      const { colour } = PEOPLE[peopleOf(this.film.place.roles[role[one.actor]])];
      drawShape(ink, { shape: "person", colour, edge: "#ffffff" }, x, y, Math.max(4, Math.min(7, this.half(one.to) * 0.5)));
      this.targets.push({ what: "actor", number: one.actor, x, y, reach: 9 });
    }
  }

  // Who told whom: an arrow from each home to the next.
  drawChain(ink, chain) {
    ink.strokeStyle = "#D55E00";
    ink.fillStyle = "#D55E00";
    ink.lineWidth = 3;
    for (let step = 1; step < chain.length; step++) {
      const from = this.building(chain[step - 1]);
      const to = this.building(chain[step]);
      const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
      const length = Math.hypot(dx, dy);
      if (length < 1) continue;
      ink.beginPath();
      ink.moveTo(...from);
      ink.lineTo(...to);
      ink.stroke();
      const [ux, uy] = [dx / length, dy / length];
      ink.beginPath();
      ink.moveTo(...to);
      ink.lineTo(to[0] - 12 * ux + 6 * uy, to[1] - 12 * uy - 6 * ux);
      ink.lineTo(to[0] - 12 * ux - 6 * uy, to[1] - 12 * uy + 6 * ux);
      ink.fill();
    }
  }

  drawScale(ink, width, height) {
    const wanted = width / 4 / this.scale;
    const power = 10 ** Math.floor(Math.log10(wanted));
    const length = [5, 2, 1].map((step) => step * power).find((each) => each <= wanted);
    const [x, y] = [12, height - 12];
    ink.fillStyle = "#1a1a1a";
    ink.fillRect(x, y, length * this.scale, 3);
    ink.textAlign = "left";
    ink.textBaseline = "alphabetic";
    ink.font = `13px ${FONT}`;
    const text = length >= 1000 ? say("view_kilometres", { n: length / 1000 }) : say("view_metres", { n: length });
    ink.fillText(text, x + length * this.scale + 6, y + 4);
  }

  target(event) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return this.targets.findLast((one) => Math.abs(one.x - x) <= one.reach && Math.abs(one.y - y) <= one.reach);
  }

  key(event) {
    const buildings = this.film?.place.buildings.x.length ?? 0;
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "+" || event.key === "=") this.view.magnify(1.2);
    else if (event.key === "-") this.view.magnify(1 / 1.2);
    else if (event.key === "0") this.view.reset();
    else if (by && buildings) {
      const next = ((this.chosen?.building ?? (by > 0 ? -1 : 0)) + by + buildings) % buildings;
      this.choose({ what: "building", number: next });
    } else if (event.key === "Enter" && this.chosen) this.pick({ what: "building", number: this.chosen.building, enter: true });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  choose(target) {
    this.tip.hidden = true; // the map may grow smaller, and leave it beyond the edge
    this.chosen = target?.what === "building" ? { building: target.number } : null;
    this.pick(target);
  }

  point(event) {
    const target = this.target(event);
    this.canvas.style.cursor = target ? "pointer" : "grab";
    this.tip.hidden = !target;
    if (!target) return;
    this.tip.textContent = this.name(target);
    const box = this.element.getBoundingClientRect();
    const left = Math.min(event.clientX - box.left + 14, box.width - this.tip.offsetWidth - 4);
    this.tip.style.left = `${Math.max(0, left)}px`;
    this.tip.style.top = `${Math.max(0, event.clientY - box.top - 34)}px`;
  }

  name(target) {
    const { place } = this.film;
    if (target.what === "building")
      return say("view_building_tip", { n: target.number + 1, floors: place.buildings.floors[target.number], residents: place.buildings.residents[target.number] });
    if (target.what === "actor")
      return say("view_actor", { role: say(`role_${place.roles[place.actors.role[target.number]]}`), n: place.actors.number[target.number] + 1 });
    return say("view_case_tip", { n: target.number, kind: this.category(target.kind), state: say(`view_state_${place.states[target.state]}`) });
  }

  category(kind) {
    const both = this.film.place.categories[kind];
    return both[document.documentElement.lang.startsWith("zh") ? "zh" : "en"];
  }
}

// Where all maps look: zoom, and shift in pixels.
export class View {
  constructor(changed) {
    this.changed = changed;
    this.reach = [Infinity, Infinity]; // pixels from the middle to the edge of a map
    this.reset();
  }

  reset() {
    this.zoom = 1;
    this.x = this.y = 0;
    this.changed();
  }

  // `place`, in pixels from the middle, stays where it is.
  magnify(by, [right, down] = [0, 0]) {
    const zoom = Math.max(0.5, Math.min(20, this.zoom * by));
    const more = zoom / this.zoom;
    this.x = this.x * more + right * (more - 1);
    this.y = this.y * more - down * (more - 1);
    this.zoom = zoom;
    this.move(0, 0);
  }

  // No further than that some of the place stays in sight.
  move(x, y) {
    const [most, high] = this.reach.map((each) => each * this.zoom);
    this.x = Math.max(-most, Math.min(most, this.x + x));
    this.y = Math.max(-high, Math.min(high, this.y + y));
    this.changed();
  }
}
