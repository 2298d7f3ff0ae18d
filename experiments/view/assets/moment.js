// How things stand at one minute of a reel: who knows, where cases stand, where people are.

const GAP = 45; // minutes between two steps of a person beyond which nobody knows where they are

// First place in an ascending list whose value is above `limit`.
export function after(list, limit) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

// The notice to show: the one asked for while it is news, else the latest issued by now.
export function noticeAt(reel, minute, asked = null) {
  const hour = 24 * reel.day + minute / 60;
  const issued = reel.notices.filter((notice) => notice.issued <= hour + 1e-3);
  return issued.find((notice) => notice.id === asked) ?? issued.at(-1) ?? null;
}

// Those of each building who know a notice.
export function knowing(notice, minute) {
  const counts = notice.knew.slice();
  const told = after(notice.minutes, minute);
  for (let place = 0; place < told; place++) counts[notice.buildings[place]]++;
  return counts;
}

export function shareKnowing(notice, minute) {
  let known = after(notice.minutes, minute);
  let audience = 0;
  for (const count of notice.knew) known += count;
  for (const count of notice.audience) audience += count;
  return audience ? known / audience : null;
}

// Cases that have arisen: number, building, kind, home and where each stands.
export function casesAt(reel, minute) {
  const cases = new Map();
  for (const [number, building, kind, state, home, arose] of reel.cases.open)
    cases.set(number, { number, building, kind, state, home, arose });
  for (const [when, number, state] of reel.cases.moves) {
    if (when > minute) break;
    cases.get(number).state = state;
  }
  return [...cases.values()].filter((one) => one.state >= 0);
}

// Where people on their rounds are: actor, the buildings between which they are, and how far on the way.
export function peopleAt(reel, minute) {
  const { actor, minute: when, kind, building } = reel.steps;
  const people = [];
  for (let first = 0; first < actor.length; ) {
    let end = first;
    while (end < actor.length && actor[end] === actor[first]) end++;
    let here = first;
    while (here + 1 < end && when[here + 1] <= minute) here++;
    const since = minute - when[here];
    if (since >= 0 && since <= GAP) {
      const next = here + 1 < end && when[here + 1] - when[here] <= GAP ? here + 1 : here;
      const length = when[next] - when[here];
      const way = length > 0 ? Math.min(1, since / length) : 1;
      people.push({ actor: actor[here], from: building[here], to: building[next], way, kind: kind[here] });
    }
    first = end;
  }
  return people;
}
