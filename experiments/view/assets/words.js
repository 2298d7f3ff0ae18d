// What people read, in both languages: the server's messages, with {places} for values.

let words = { texts: {}, metrics: {} };
let language = localStorage.getItem("gongzhi.language") || (navigator.language.startsWith("zh") ? "zh" : "en");
const listeners = new Set();

export async function loadWords() {
  words = await (await fetch("/gongzhi/words")).json();
  document.documentElement.lang = tag();
}

export function say(key, values = {}) {
  const text = words.texts[key]?.[language];
  if (text === undefined) throw new Error(`no message ${key}`);
  return text.replace(/\{(\w+)(?::[^}]*)?\}/g, (_, name) => {
    if (!(name in values)) throw new Error(`no value ${name} for ${key}`);
    return values[name];
  });
}

export function metric(name) {
  return words.metrics[name]?.[language] ?? name;
}

export function inLanguage(both) {
  return both[language];
}

// What went wrong, which the server says in both languages and the browser in one.
export function said(error) {
  return typeof error === "string" ? error : inLanguage(error);
}

export function current() {
  return language;
}

function tag() {
  return language === "zh" ? "zh-CN" : "en";
}

export function speak(chosen) {
  language = chosen;
  localStorage.setItem("gongzhi.language", chosen);
  document.documentElement.lang = tag();
  for (const listener of listeners) listener();
}

// Calls f now and at each change of language; returns what ends that.
export function spoken(f) {
  listeners.add(f);
  f();
  return () => listeners.delete(f);
}

export function percent(share) {
  return language === "zh" ? `${Math.round(100 * share)}%` : `${Math.round(100 * share)} %`;
}

export function date(iso) {
  const day = new Date(`${iso}T00:00:00`);
  return day.toLocaleDateString(tag(), { year: "numeric", month: "short", day: "numeric", weekday: "short" });
}
