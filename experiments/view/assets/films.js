// Fetching what is shown: the place of a film once, its reels by the day, its totals for the charts.

import { said } from "./words.js";

const AHEAD = 31; // reels that the server gives at once
const AGAIN = 2000; // ms after which what failed is asked for again
const KEPT = 120; // reels kept of each film; totals are kept of all days

class FetchError extends Error {
  // `died` says that the run itself ended, so that asking again is no use.
  constructor(message, died = false) {
    super();
    this.said = message;
    this.died = died;
  }

  get message() {
    return said(this.said);
  }
}

async function get(path) {
  let answer;
  try {
    answer = await fetch(`/gongzhi/films/${path}`);
  } catch {
    throw new FetchError("offline");
  }
  if (!answer.ok) {
    const body = await answer.json().catch(() => ({ error: answer.statusText }));
    throw new FetchError(body.error, body.kind === "RunDiedError");
  }
  return answer.json();
}

export class Film {
  constructor(key) {
    this.key = key;
    this.place = null;
    this.reels = new Map();
    this.totals = [];
    this.coming = null;
    this.problem = null; // why the last thing that was asked for has not come
    this.later = 0; // when to ask again after that
  }

  async open() {
    this.place = await get(`${this.key}/place`);
    return this;
  }

  // The reel of a day, or null while it is on its way; `ahead` days after it are asked for too.
  reel(day, ahead) {
    const wanted = Math.min(day + ahead, this.place.days - 1);
    let missing = -1;
    for (let each = day; each <= wanted && missing < 0; each++) if (!this.reels.has(each)) missing = each;
    if (missing >= 0) this.fetch(missing, Math.max(1, Math.min(AHEAD, wanted - missing + 1)));
    return this.reels.get(day) ?? null;
  }

  // Days from the first on whose totals are known without a gap.
  get counted() {
    return this.totals.length;
  }

  async fetch(day, count) {
    if (this.coming || performance.now() < this.later) return;
    this.coming = this.load(day, count);
    try {
      await this.coming;
      this.problem = null;
    } catch (error) {
      this.problem = error;
      this.later = error.died ? Infinity : performance.now() + AGAIN;
    } finally {
      this.coming = null;
    }
  }

  async load(day, count) {
    if (day > this.counted) this.totals.push(...(await get(`${this.key}/totals/${this.counted}/${day}`)));
    for (const reel of await get(`${this.key}/reels/${day}/${count}`)) {
      this.reels.set(reel.day, reel);
      if (reel.day === this.counted) this.totals.push(reel.totals);
    }
    for (const old of this.reels.keys()) {
      if (this.reels.size <= KEPT) break;
      if (old < day || old > day + count) this.reels.delete(old);
    }
  }
}
