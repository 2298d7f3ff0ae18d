// How things stand on one side, in a line for its head.

import { number } from "./chart_style.js";
import { markOf } from "./colours.js";
import { casesAt, noticeAt, shareKnowing } from "./moment.js";
import { percent, say } from "./words.js";

const OPEN = new Set(["waiting", "working", "nobody"]);

export function news(film, reel, minute, asked) {
  const notice = noticeAt(reel, minute, asked);
  const open = casesAt(reel, minute).filter((one) => OPEN.has(markOf(film.place.states[one.state]))).length;
  const values = { open, mean: number(meanSatisfaction(film, reel, minute), 1) };
  if (!notice) return say("view_news_none", values);
  return say("view_news", { ...values, n: notice.id + 1, share: percent(shareKnowing(notice, minute) ?? 0) });
}

// Of all residents; buildings have theirs in the morning and in the evening.
function meanSatisfaction(film, reel, minute) {
  const { residents } = film.place.buildings;
  const means = reel.satisfaction[minute >= 1440 ? 1 : 0];
  const sum = means.reduce((total, mean, place) => total + mean * residents[place], 0);
  return sum / film.place.residents;
}
