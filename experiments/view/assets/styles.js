// The style sheets of all pages.

import { h } from "./dom.js";

export const STYLES = ["page.css", "charts.css", "class.css", "editing.css", "lessons.css", "explain.css"];

export function loadStyle(name) {
  return new Promise((done) => {
    document.head.append(h("link", { rel: "stylesheet", href: `/gongzhi/assets/${name}`, onload: done }));
  });
}
