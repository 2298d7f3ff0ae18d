// How many of a notice's audience know it, by the hours since it was issued.

import { axis, common, INK, SIDES, letters, widthOf } from "./chart_style.js";
import { noticeAt, shareKnowing } from "./moment.js";
import { percent, say } from "./words.js";

const RULE = 72; // hours within which all should know
const AGAIN = 3000; // ms after a refusal
const KEPT = 8; // curves of each film

// What has been fetched of curves: a curve is asked for once for all days that have been lived by then.
class Curves {
  constructor() {
    this.kept = new Map();
    this.coming = new Set();
    this.refused = new Map();
    this.arrived = () => {};
  }

  // Shares 0, 1, 2 ... hours after issue as far as they are known here; asks for more where `hour` is beyond.
  of(film, notice, hour) {
    const name = `${film.key} ${notice.id}`;
    const known = this.kept.get(name);
    const refused = performance.now() - (this.refused.get(name) ?? -AGAIN) < AGAIN;
    if (!refused && (!known || known.until < hour)) this.fetch(film, notice, name);
    return known?.share ?? [];
  }

  async fetch(film, notice, name) {
    const day = Math.min(Math.max(...film.reels.keys()), Math.ceil(notice.ends / 24) - 1);
    if (this.coming.has(name) || day < 0) return;
    this.coming.add(name);
    try {
      const answer = await fetch(`/gongzhi/films/${film.key}/notices/${notice.id}/curve/${day}`);
      if (!answer.ok) throw new Error(answer.statusText);
      const { share } = await answer.json();
      this.kept.delete(name);
      this.kept.set(name, { share, until: 24 * (day + 1) });
      while (this.kept.size > 2 * KEPT) this.kept.delete(this.kept.keys().next().value);
      this.refused.delete(name);
      this.arrived();
    } catch {
      this.refused.set(name, performance.now()); // a later update asks again
    } finally {
      this.coming.delete(name);
    }
  }
}

export const curves = new Curves();

function sides({ films, reels, minute, hour, scene }) {
  return films.map((film, side) => {
    const notice = noticeAt(reels[side], minute, scene.notice);
    if (!notice) return null;
    const age = Math.max(0, hour - notice.issued);
    const share = shareKnowing(notice, minute);
    if (share === null) return null;
    const before = curves.of(film, notice, hour - 1).slice(0, Math.floor(age) + 1);
    return { notice, age, share, points: [...before.map((each, after) => [after, 100 * each]), [age, 100 * share]] };
  });
}

export const informed = {
  name: "informed",
  sample: "line",

  // Changes whenever what the chart shows does.
  version: (now) => sides(now).map((one) => one && `${one.notice.id} ${one.points.length} ${one.age.toFixed(1)}`).join(),

  option(now, room) {
    const size = letters(room);
    const known = sides(now);
    const oldest = Math.max(...known.map((one) => one?.age ?? 0));
    const last = oldest > 96 ? 240 : 96;
    const rule = { silent: true, symbol: "none", lineStyle: { color: INK, type: [2, 3], width: 2 }, label: { formatter: say("view_hours", { n: RULE }), fontSize: size, color: INK, position: "end", distance: 2 }, data: [{ xAxis: RULE }] };
    return {
      ...common(size),
      grid: { left: 10, right: 4 + widthOf(say("view_hours", { n: last }), size) / 2, top: size + 6, bottom: 4, containLabel: true },
      xAxis: axis(size, { min: 0, max: last, interval: last === 96 ? 24 : 80, axisLabel: { formatter: (value) => (value === last ? say("view_hours", { n: value }) : value) } }),
      yAxis: axis(size, { min: 0, max: 100, interval: 50, axisLabel: { formatter: (value) => (value === 100 ? percent(1) : value) } }),
      series: SIDES.slice(0, known.length).map(({ colour, dash }, side) => ({ type: "line", showSymbol: false, lineStyle: { color: colour, width: 3, type: dash }, data: known[side]?.points ?? [], ...(side ? {} : { markLine: rule }) })),
    };
  },

  values: (now) => sides(now).map((one) => (one ? percent(one.share) : "–")),

  sentence: (now, side) => {
    const one = sides(now)[side];
    return one ? say("view_chart_informed_says", { n: one.notice.id + 1, share: percent(one.share), hours: Math.floor(one.age) }) : say("view_chart_informed_none");
  },
};
