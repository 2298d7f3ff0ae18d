// Colour scales that the colour-blind can read, light to dark or dark to light; the figures use the same.

const SCALES = {
  cividis: ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"],
  viridis: ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"],
  heat: ["#e3e6e8", "#f2d2a8", "#f2a65a", "#d6743a", "#b5401c", "#7d2516", "#3b0f0a"],
};

function channels(hex) {
  return [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16));
}

// The colour at a place from 0 to 1 of a scale, as [red, green, blue].
export function colourAt(scale, place) {
  const stops = SCALES[scale];
  const at = Math.max(0, Math.min(1, place)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(at));
  const from = channels(stops[low]);
  const to = channels(stops[low + 1]);
  return from.map((value, channel) => Math.round(value + (to[channel] - value) * (at - low)));
}

export function css([red, green, blue]) {
  return `rgb(${red},${green},${blue})`;
}

// Black or white, whichever stands out more.
export function inkOn([red, green, blue]) {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#111" : "#fff";
}

export function gradient(scale) {
  return `linear-gradient(to right, ${SCALES[scale].join(",")})`;
}

// Where cases stand, by shape and colour: hidden, waiting, at work, with nobody, solved.
export const MARKS = {
  hidden: { states: ["unfound", "faded", "given_up"], colour: "#ffffff", edge: "#555555", shape: "ring" },
  waiting: { states: ["found", "uploaded"], colour: "#F0B400", edge: "#1a1a1a", shape: "triangle" },
  working: { states: ["dispatched", "working"], colour: "#3E9BD6", edge: "#1a1a1a", shape: "disc" },
  nobody: { states: ["orphan", "closed_unsolved"], colour: "#D55E00", edge: "#1a1a1a", shape: "cross" },
  solved: { states: ["resolved", "fed_back"], colour: "#009E73", edge: "#1a1a1a", shape: "square" },
};

export function markOf(state) {
  return Object.keys(MARKS).find((name) => MARKS[name].states.includes(state));
}

// Roles, in groups that one can tell apart from the back row.
export const PEOPLE = {
  grid_worker: { roles: ["full_time", "part_time"], colour: "#000000" },
  centre_household: { roles: ["centre_household", "leader"], colour: "#CC79A7" },
  paired_member: { roles: ["paired_member"], colour: "#7A4E2D" },
};

export function peopleOf(role) {
  return Object.keys(PEOPLE).find((name) => PEOPLE[name].roles.includes(role)) ?? "grid_worker";
}
