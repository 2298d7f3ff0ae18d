// How A and B look in a chart, in small, for its legend and for the heads of the maps.

import { SIDES } from "./chart_style.js";
import { svg } from "./svg.js";

const [WIDE, HIGH] = [20, 14];

// A piece of a side's line or of its bars, or of a line of any `colour`.
export function sample(kind, side, colour = SIDES[side].colour) {
  return svg(WIDE, HIGH, { class: `gz-sample gz-sample-${kind}` }, kind === "bar" ? bar(side) : line(side, colour));
}

function line(side, colour) {
  const dash = SIDES[side].dash;
  return [["path", { d: `M0 ${HIGH / 2}h${WIDE}`, stroke: colour, "stroke-width": 4, fill: "none", ...(dash === "solid" ? {} : { "stroke-dasharray": dash.join(" ") }) }]];
}

function bar(side) {
  const { colour, decal } = SIDES[side];
  const stripes = decal ? [-7, 0, 7, 14, 21].map((x) => `M${x} ${HIGH}l${HIGH}-${HIGH}`).join("") : "";
  return [
    ["rect", { width: WIDE, height: HIGH, fill: colour }],
    ...(stripes ? [["path", { d: stripes, stroke: decal.color, "stroke-width": 2.5, fill: "none" }]] : []),
  ];
}
