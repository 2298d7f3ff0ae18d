// What colours the buildings: one value for each, on a scale that stays the same through a run.

import { percent } from "./words.js";
import { casesAt, knowing, noticeAt } from "./moment.js";

const OPEN = new Set(["found", "uploaded", "dispatched", "working", "orphan", "closed_unsolved"]);

export const LAYERS = {
  informed: {
    scale: "cividis",
    span: [0, 1],
    values(film, reel, minute, asked) {
      const notice = noticeAt(reel, minute, asked);
      if (!notice) return film.place.buildings.x.map(() => null);
      const counts = knowing(notice, minute);
      return notice.audience.map((size, place) => (size ? counts[place] / size : null));
    },
    write: percent,
  },
  satisfaction: {
    scale: "viridis",
    span: [40, 80],
    values: (film, reel, minute) => reel.satisfaction[minute >= 1440 ? 1 : 0],
    write: (value) => value.toFixed(0),
  },
  open: {
    scale: "heat",
    span: [0, 6],
    values(film, reel, minute) {
      const counts = film.place.buildings.x.map(() => 0);
      for (const one of casesAt(reel, minute)) if (OPEN.has(film.place.states[one.state])) counts[one.building]++;
      return counts;
    },
    write: (value) => value.toFixed(0),
  },
  unmet: {
    scale: "heat",
    span: [0, 4],
    values: (film, reel, minute) => reel.unmet[minute >= 1440 ? 1 : 0],
    write: (value) => value.toFixed(0),
  },
};

export function placeOnScale(layer, value) {
  const [low, high] = layer.span;
  return (value - low) / (high - low);
}
