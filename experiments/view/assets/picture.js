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
  const width = Math.round(stage.element.getBoundingClientRect().width) + 2 * EDGE;
  const { row, charts } = stage;
  const beside = charts.element.getBoundingClientRect().top < row.getBoundingClientRect().bottom - 1;
  const pieces = beside
    ? [heading(stage), await region(row, charts.element), legend(stage)]
    : [heading(stage), await region(row), legend(stage), await region(charts.element)];
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
    const narrow = width < 640;
    if (draw) {
      const used = write(ink, say("view_title"), EDGE, top + 16, 20, 600);
      write(ink, stage.bar.time.textContent, narrow ? EDGE : EDGE + used + 24, top + (narrow ? 44 : 17), 16);
    }
    return narrow ? 62 : 34;
  };
}

// Parts of the page as they lie on it: their canvases and drawings, and their texts word by word.
async function region(...elements) {
  const all = elements.map((element) => element.getBoundingClientRect());
  const [left, top] = [Math.min(...all.map((box) => box.left)), Math.min(...all.map((box) => box.top))];
  const height = Math.max(...all.map((box) => box.bottom)) - top;
  const find = (selector) => elements.flatMap((element) => [...element.querySelectorAll(selector)]).filter((one) => one.getClientRects().length);
  const images = await Promise.all(find("canvas, svg").map(async (one) => ({ box: one.getBoundingClientRect(), image: one.tagName === "svg" ? await drawn(one) : one })));
  const words = elements.flatMap(wordsOf);
  return (ink, _width, at, draw) => {
    if (!draw) return height + 8;
    ink.save();
    ink.translate(EDGE - left, at - top);
    for (const { box, image } of images) ink.drawImage(image, box.x, box.y, box.width, box.height);
    for (const word of words) drawWord(ink, word);
    ink.restore();
    return height + 8;
  };
}

// The words of an element, each where the browser has put it; every Chinese character is one.
function wordsOf(element) {
  const found = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const style = getComputedStyle(node.parentElement);
    const colour = node.parentElement.closest("[aria-pressed='true']") ? "#1a1a1a" : style.color; // white on what is not drawn
    for (const match of node.data.matchAll(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+/gu)) {
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const box = range.getBoundingClientRect();
      if (box.width) found.push({ text: match[0], box, colour, font: `${style.fontWeight} ${style.fontSize} ${style.fontFamily}` });
    }
  }
  return found;
}

function drawWord(ink, { text, box, colour, font }) {
  ink.font = font;
  ink.fillStyle = colour;
  ink.textAlign = "left";
  ink.textBaseline = "middle";
  ink.fillText(text, box.x, box.y + box.height / 2);
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

// An SVG as an image, with the styles that the page gives it.
const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-weight", "text-anchor", "opacity", "fill-opacity"];

async function drawn(svg) {
  const { width, height } = svg.getBoundingClientRect();
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
