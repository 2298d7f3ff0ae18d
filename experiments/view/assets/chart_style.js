// How all charts look: two sides that the colour-blind can tell apart, and letters for the back row.

import { current } from "./words.js";

// B's bars have stripes: in grey, and to some eyes, its colour is much like that of A.
function stripes(color, thick) {
  return { symbol: "rect", rotation: -Math.PI / 4, dashArrayX: [1, 0], dashArrayY: [thick, 6 - thick], color };
}

export const SIDES = [
  { letter: "A", colour: "#0072B2", light: "#9cc7e1", dash: "solid", decal: null, lightDecal: null },
  { letter: "B", colour: "#D55E00", light: "#f8ddca", dash: [6, 4], decal: stripes("#ffffff", 2), lightDecal: stripes("#D55E00", 1) },
];
export const INK = "#1a1a1a";
export const SOFT = "#4a4a4a";
const LINE = "#d0d0d0";
const FAMILY = "'Gongzhi Sans SC', 'Noto Sans SC', sans-serif";

export function letters({ width, height }) {
  return Math.round(Math.max(14, Math.min(17, width / 22, height / 11)));
}

export function font(size, weight = 400) {
  return `${weight} ${size}px ${FAMILY}`;
}

export function common(size) {
  return { animation: false, silent: true, textStyle: { fontFamily: FAMILY, fontSize: size, color: INK } };
}

// An axis of numbers; `over` adds to it.
export function axis(size, over = {}) {
  return {
    type: "value",
    axisLine: { show: true, lineStyle: { color: SOFT } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: LINE } },
    ...over,
    axisLabel: { color: INK, fontSize: size, hideOverlap: true, ...over.axisLabel },
  };
}

// Ends and step of an axis with at most `most` round steps from `low` to `high`.
export function round(low, high, most = 3) {
  const span = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(span / most));
  const steps = [1, 2, 5, 10, 20].map((each) => each * power);
  const ends = (step) => ({ min: step * Math.floor(low / step + 1e-9), max: step * Math.ceil(high / step - 1e-9) || step, interval: step });
  return steps.map(ends).find(({ min, max, interval }) => (max - min) / interval <= most + 1e-9) ?? ends(steps.at(-1));
}

const ink = document.createElement("canvas").getContext("2d");

export function widthOf(text, size) {
  ink.font = font(size);
  return ink.measureText(text).width;
}

export function number(value, digits = 0) {
  const tag = current() === "zh" ? "zh-CN" : "en";
  return value.toLocaleString(tag, { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");
}

export function signed(value) {
  const shown = Math.round(100 * value) / 100 || 0; // no sign at what is shown as nothing
  return shown > 0 ? `+${number(shown, 2)}` : number(shown, 2);
}
