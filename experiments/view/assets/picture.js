// A picture of what is shown: title and time, maps with their titles, the legend, and the charts under them.

import { colourAt, css, MARKS, PEOPLE } from "./colours.js";
import { LAYERS } from "./layers.js";
import { drawShape } from "./shapes.js";
import { say } from "./words.js";

const DENSE = 2; // pixels of the picture for each of the page
const EDGE = 14;
const FONT = "'Gongzhi Sans SC', 'Noto Sans SC', sans-serif";

export async function picture(stage) {
  await document.fonts.ready;
  const width = Math.max(640, Math.round(stage.element.getBoundingClientRect().width)) + 2 * EDGE;
  const pieces = [heading(stage), maps(stage), legend(stage), await charts(stage)].filter(Boolean);
  const canvas = document.createElement("canvas");
  let ink = canvas.getContext("2d");
  const heights = pieces.map((piece) => piece(ink, width, 0, false));
  canvas.width = DENSE * width;
  canvas.height = DENSE * (heights.reduce((sum, each) => sum + each, 0) + EDGE);
  ink = canvas.getContext("2d");
  ink.scale(DENSE, DENSE);
  ink.fillStyle = "#fff";
  ink.fillRect(0, 0, width, canvas.height);
  let top = EDGE / 2;
  pieces.forEach((piece, place) => {
    piece(ink, width, top, true);
    top += heights[place];
  });
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function write(ink, text, x, y, size, weight = 400, colour = "#1a1a1a") {
  ink.font = `${weight} ${size}px ${FONT}`;
  ink.fillStyle = colour;
  ink.textAlign = "left";
  ink.textBaseline = "middle";
  ink.fillText(text, x, y);
  return ink.measureText(text).width;
}

// Each piece draws itself at a height, or only says how high it is.
function heading(stage) {
  return (ink, width, top, draw) => {
    if (draw) {
      const used = write(ink, say("view_title"), EDGE, top + 16, 20, 600);
      write(ink, stage.bar.time.textContent, EDGE + used + 24, top + 17, 16);
    }
    return 34;
  };
}

// Rows of elements as they lie on the page: side by side, or below each other where the window is narrow.
function boxes(elements) {
  const all = elements.map((element) => [element, element.getBoundingClientRect()]).filter(([, box]) => box.width > 0 && box.height > 0);
  if (!all.length) return null;
  const left = Math.min(...all.map(([, box]) => box.left));
  const top = Math.min(...all.map(([, box]) => box.top));
  const bottom = Math.max(...all.map(([, box]) => box.bottom));
  return { height: bottom - top, all: all.map(([element, box]) => ({ element, x: box.left - left, y: box.top - top, width: box.width, height: box.height })) };
}

function maps(stage) {
  const found = boxes(stage.maps.map((map) => map.canvas));
  if (!found) return null;
  return (ink, width, top, draw) => {
    if (draw) found.all.forEach(({ element, x, y, width: wide, height }, side) => {
      write(ink, stage.maps[side].title.textContent, EDGE + x, top + y + 15, 17, 600);
      ink.drawImage(element, EDGE + x, top + y + 30, wide, height);
    });
    return found.height + 40;
  };
}

function legend(stage) {
  const layer = LAYERS[stage.scene.layer];
  const marks = [
    ...Object.entries(MARKS).map(([name, mark]) => [mark, say(`view_mark_${name}`)]),
    ...Object.entries(PEOPLE).map(([name, { colour }]) => [{ shape: "person", colour, edge: "#ffffff" }, say(`view_people_${name}`)]),
  ];
  return (ink, width, top, draw) => {
    let [x, y] = [EDGE, top + 14];
    const place = (wide) => {
      if (x > EDGE && x + wide > width - EDGE) [x, y] = [EDGE, y + 24];
      const at = x;
      x += wide + 18;
      return at;
    };
    ink.font = `400 14px ${FONT}`;
    const texts = [say(`view_layer_${stage.scene.layer}`), layer.write(layer.span[0]), `${layer.write(layer.span[1])}${stage.scene.layer === "informed" ? "" : "+"}`];
    const [a, b, c] = texts.map((text) => ink.measureText(text).width);
    const at = place(a + b + c + 132);
    if (draw) scale(ink, layer, texts, [at, at + a + 12, at + a + b + 18, at + a + b + 124], y);
    for (const [mark, text] of marks) {
      ink.font = `400 14px ${FONT}`;
      const spot = place(22 + ink.measureText(text).width);
      if (!draw) continue;
      drawShape(ink, mark, spot + 8, y, 6);
      write(ink, text, spot + 20, y, 14);
    }
    return y - top + 20;
  };
}

function scale(ink, layer, texts, [name, low, bar, high], y) {
  write(ink, texts[0], name, y, 14, 600);
  write(ink, texts[1], low, y, 14);
  const shade = ink.createLinearGradient(bar, 0, bar + 100, 0);
  for (let step = 0; step <= 10; step++) shade.addColorStop(step / 10, css(colourAt(layer.scale, step / 10)));
  ink.fillStyle = shade;
  ink.fillRect(bar, y - 7, 100, 14);
  write(ink, texts[2], high, y, 14);
}

// Charts may be drawn on a canvas or as SVG; texts beside them are part of the page and are written anew.
async function charts(stage) {
  const found = boxes([...stage.charts.element.querySelectorAll("canvas:not(.gz-icon), svg")]);
  if (!found) return null;
  await Promise.all(found.all.map(async (one) => {
    if (one.element.tagName === "svg") one.element = await drawn(one.element, one.width, one.height);
  }));
  return (ink, width, top, draw) => {
    if (draw) for (const { element, x, y, width: wide, height } of found.all) ink.drawImage(element, EDGE + x, top + y + 4, wide, height);
    return found.height + 8;
  };
}

const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-weight", "text-anchor", "opacity", "fill-opacity"];

async function drawn(svg, width, height) {
  const copy = svg.cloneNode(true);
  const own = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, place) => {
    const style = getComputedStyle(own[place]);
    for (const name of STYLES) element.style.setProperty(name, style.getPropertyValue(name));
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  return image;
}
