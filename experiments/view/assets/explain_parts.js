// The parts of an explanation, each made from what the server says of it; null where there is nothing to show.

import { colourAt, css, inkOn } from "./colours.js";
import { h } from "./dom.js";
import { percent, say } from "./words.js";

function part(title, ...children) {
  return h("section", {}, h("h4", {}, title), ...children);
}

// Buttons that lead to what is related; `go` is called with what was chosen.
export function links(related, go) {
  if (!related?.length) return null;
  return part(say("view_explain_links"), buttons(related, go));
}

function buttons(related, go) {
  return h("div", { class: "gz-links" }, related.map((one) => h("button", {
    type: "button", "data-key": `${one.what}-${one.number}`, onclick: () => go(one),
  }, one.text)));
}

export function rows(told) {
  if (!told.rows?.length) return null;
  return part(told.rows_title || say("view_explain_rows"), h("table", { class: "gz-rows" }, h("tbody", {}, told.rows.map(([label, value]) =>
    h("tr", {}, h("th", { scope: "row" }, label), h("td", {}, value))))));
}

// What came to a home, notice by notice; the way of the one that is `chosen` is on the map.
export function tellings(told, chosen, choose, go) {
  return (told.tellings ?? []).map((telling, place) => part(
    telling.title,
    ...telling.lines.map((line) => h("p", {}, line)),
    telling.steps.length ? h("ol", { class: "gz-chain", "aria-label": say("view_explain_chain") }, telling.steps.map((step) => h("li", {}, step.text))) : null,
    telling.people.length ? buttons(telling.people, go) : null,
    told.tellings.length > 1 && telling.chain.length > 1
      ? h("button", { type: "button", class: "gz-explain-chain", "data-key": `chain-${place}`, "aria-pressed": String(place === chosen), onclick: () => choose(place) }, say("view_explain_show_chain"))
      : null,
  ));
}

// Waiting and work as bars in proportion, and how long each was.
export function bars(told) {
  if (!told.bars?.length) return null;
  const named = (what, time) => say("view_explain_bar", { what: say(`view_explain_bar_${what}`), time });
  const times = Object.entries(told.times).map(([what, time]) => [what, named(what, time)]);
  return part(
    say("view_explain_bars"),
    h("div", { class: "gz-bars", role: "img", "aria-label": times.map(([, text]) => text).join(", ") }, told.bars.map((bar) =>
      h("span", { class: `gz-bar-${bar.what}`, style: `flex-grow:${bar.until - bar.from}`, title: named(bar.what, bar.time) }))),
    h("div", { class: "gz-bars-key", "aria-hidden": "true" }, times.map(([what, text]) => h("span", {}, h("i", { class: `gz-swatch gz-bar-${what}` }), text))),
  );
}

export function timeline(told) {
  if (!told.timeline?.length) return null;
  return part(say("view_explain_timeline"), h("ol", { class: "gz-steps" }, told.timeline.map((step) => h("li", {}, h("time", {}, step.when), h("span", {}, step.text)))));
}

// A building's homes, floor by floor as one stands before it.
export function homes(told, go) {
  if (!told.homes) return null;
  const { across, homes: all } = told.homes;
  const floors = [];
  for (let first = 0; first < all.length; first += across) floors.unshift(all.slice(first, first + across).map((home, place) => [home, first + place + 1]));
  return part(
    say("view_explain_homes"),
    walkable(h("div", { class: "gz-homes", role: "group", "aria-label": say("view_explain_homes"), style: `grid-template-columns:repeat(${across},minmax(26px,1fr))` }), floors.map((floor) => floor.map(([home, number], place) => homeButton(home, number, place, go)))),
    h("p", { class: "gz-note" }, say("view_explain_homes_key")),
    h("div", { class: "gz-bars-key" },
      h("span", {}, h("i", { class: "gz-swatch gz-swatch-open" }), say("view_explain_key_open")),
      h("span", {}, h("i", { class: "gz-swatch gz-home-vulnerable" }), say("view_explain_key_vulnerable"))),
  );
}

// Many buttons in floors are one stop of the tab key; arrow keys go from one to the next.
function walkable(grid, floors) {
  const all = floors.flat();
  const stop = (button) => all.forEach((one) => { one.tabIndex = one === button ? 0 : -1; });
  stop(all[0]);
  grid.append(...all);
  grid.addEventListener("focusin", (event) => stop(event.target));
  grid.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!by) return;
    const row = floors.findIndex((floor) => floor.includes(event.target));
    const floor = floors[row + by[0]];
    const column = floors[row].indexOf(event.target) + by[1];
    if (floor) (by[0] ? floor[Math.min(column, floor.length - 1)] : floor[column])?.focus();
    event.preventDefault();
  });
  return grid;
}

function homeButton(home, number, place, go) {
  const colour = home.informed === null ? [217, 217, 217] : colourAt("cividis", home.informed);
  const informed = home.informed === null ? say("view_explain_home_unmeant") : say("view_explain_home_knows", { percent: percent(home.informed) });
  const marks = (home.open ? say("view_explain_home_open") : "") + (home.vulnerable ? say("view_explain_home_vulnerable") : "");
  const label = say("view_explain_home", { n: number, informed, marks });
  return h("button", {
    type: "button",
    class: `gz-home${home.open ? " gz-home-open" : ""}${home.vulnerable ? " gz-home-vulnerable" : ""}`,
    style: `background:${css(colour)};color:${inkOn(colour)};grid-column:${place + 1}`,
    "data-key": `household-${home.number}`,
    "aria-label": label,
    title: label,
    onclick: () => go({ what: "household", number: home.number }),
  }, String(number));
}
