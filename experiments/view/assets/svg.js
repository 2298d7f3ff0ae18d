// Small drawings in the page's own markup.

const SPACE = "http://www.w3.org/2000/svg";

export function svg(width, height, attributes, shapes) {
  const drawing = make("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true", ...attributes });
  drawing.append(...shapes.map(([tag, values]) => make(tag, values)));
  return drawing;
}

function make(tag, attributes) {
  const element = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
