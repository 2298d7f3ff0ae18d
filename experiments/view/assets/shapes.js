// The shapes of marks, on a canvas and in legends.

import { h } from "./dom.js";

export function drawShape(ink, { shape, colour, edge }, x, y, size) {
  ink.fillStyle = colour;
  ink.strokeStyle = edge;
  ink.lineWidth = shape === "ring" ? 2 : 1.5;
  ink.beginPath();
  if (shape === "triangle") {
    ink.moveTo(x, y - 1.15 * size);
    ink.lineTo(x + 1.1 * size, y + 0.8 * size);
    ink.lineTo(x - 1.1 * size, y + 0.8 * size);
    ink.closePath();
  } else if (shape === "square") ink.rect(x - 0.85 * size, y - 0.85 * size, 1.7 * size, 1.7 * size);
  else if (shape === "cross") {
    const [near, far] = [0.38 * size, 1.1 * size];
    const corners = [[near, far], [-near, far], [-near, near], [-far, near], [-far, -near], [-near, -near]];
    const points = [...corners, ...corners.map(([a, b]) => [-a, -b])];
    points.forEach(([a, b], place) => (place ? ink.lineTo(x + a, y + b) : ink.moveTo(x + a, y + b)));
    ink.closePath();
  } else if (shape === "person") {
    ink.arc(x, y - 0.75 * size, 0.55 * size, 0, 2 * Math.PI);
    ink.moveTo(x + 0.9 * size, y + size);
    ink.arc(x, y + size, 0.9 * size, 0, Math.PI, true);
    ink.closePath();
  } else ink.arc(x, y, 0.95 * size, 0, 2 * Math.PI);
  ink.fill();
  ink.stroke();
}

export function shapeIcon(mark, size = 6) {
  const canvas = h("canvas", { width: 40, height: 40, class: "gz-icon", "aria-hidden": "true" });
  const ink = canvas.getContext("2d");
  ink.scale(2, 2);
  drawShape(ink, mark, 10, 10, size);
  return canvas;
}
