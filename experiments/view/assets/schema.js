// What may stand where in a scenario's text: the place of the cursor, found by indentation, and the JSON schema there.

const KEY = /^(\s*)(?:- )?("?)([^\s"'#:{}[\],][^"'#:{}[\],]*?)\2\s*:(?=\s|$)/;

// Where `position` is in a text: { path, word, from, value, indent }. `path` has the keys around it; `value` is the
// key whose value is being written, or null where a key is; `word` is what stands before the cursor, from `from` on.
export function placeAt(text, position) {
  const start = text.lastIndexOf("\n", position - 1) + 1;
  const before = text.slice(start, position);
  if (outside(before)) return null;
  const flow = within(before);
  const indent = flow ? indentOf(before) : before.match(/^ */)[0].length;
  const path = [...above(text.slice(0, start).split("\n"), indent), ...(flow ? flow.path : [])];
  const rest = flow ? flow.rest : before.trimStart();
  const lead = position - rest.length;
  const pair = rest.match(/^(?:- )?"?([^":]+?)"?\s*:\s+(.*)$/) ?? (flow ? null : rest.match(/^([^":]+?):\s*$/));
  if (pair) return { path, value: pair[1], word: pair[2] ?? "", from: position - (pair[2] ?? "").length, indent };
  return { path, value: null, word: rest.trimStart(), from: lead + (rest.length - rest.trimStart().length), indent };
}

// The path of the key in whose name `position` is, or null.
export function keyAt(text, position) {
  const start = text.lastIndexOf("\n", position - 1) + 1;
  const end = text.indexOf("\n", position);
  const line = text.slice(start, end < 0 ? undefined : end);
  let at = position - start;
  while (at > 0 && /[\w-]/.test(line[at - 1])) at--;
  const name = line.slice(at).match(/^"?([\w-]+)"?\s*:(?=\s|$|[^\S\n])/)?.[1];
  const place = name ? placeAt(text, start + at) : null;
  return place && place.value === null ? [...place.path, name] : null;
}

// Whether a line's end lies in a comment, or in quotes.
function outside(before) {
  return /(^|\s)#/.test(before.replace(/"[^"]*"|'[^']*'/g, "")) || (before.split('"').length % 2 === 0);
}

function indentOf(line) {
  return line.match(/^ */)[0].length;
}

// Keys of the mapping in braces that a line leaves open, and what stands behind the last comma or brace.
function within(before) {
  const open = [];
  let last = 0;
  for (let at = 0; at < before.length; at++) {
    const letter = before[at];
    if (letter === "{") {
      open.push(before.slice(last, at).match(/([\w-]+)"?\s*:\s*$/)?.[1] ?? null);
      last = at + 1;
    } else if (letter === "}") open.pop();
    else if (letter === "," && open.length) last = at + 1;
  }
  if (!open.length || open.includes(null)) return null;
  return { path: open, rest: before.slice(last).trimStart() };
}

// Keys of the lines above that are further out than `indent`, outermost first.
function above(lines, indent) {
  const path = [];
  let limit = indent;
  for (let at = lines.length - 1; at >= 0 && limit > 0; at--) {
    const line = lines[at];
    if (!line.trim() || line.trimStart().startsWith("#")) continue;
    const depth = indentOf(line);
    if (depth >= limit) continue;
    const key = line.match(KEY)?.[3];
    if (key === undefined) return path;
    path.unshift(key);
    limit = depth;
  }
  return path;
}

export class Schema {
  constructor(schema) {
    this.schema = schema;
  }

  // A part of the schema with what it refers to or lets one choose between.
  choices(part) {
    if (!part) return [];
    const found = [part];
    if (part.$ref) found.push(...this.choices(this.schema.$defs[part.$ref.split("/").at(-1)]));
    for (const each of [...(part.anyOf ?? []), ...(part.oneOf ?? []), ...(part.allOf ?? [])]) found.push(...this.choices(each));
    return found;
  }

  below(part, key) {
    for (const one of this.choices(part)) {
      if (one.properties?.[key]) return one.properties[key];
      for (const [pattern, each] of Object.entries(one.patternProperties ?? {})) if (new RegExp(pattern, "u").test(key)) return each;
      if (one.additionalProperties && typeof one.additionalProperties === "object") return one.additionalProperties;
    }
    return null;
  }

  at(path) {
    return path.reduce((part, key) => (part ? this.below(part, key) : null), this.schema);
  }

  // Keys that may stand in the mapping at a path: [{ name, text, section }].
  keys(path) {
    const found = new Map();
    for (const one of this.choices(this.at(path)))
      for (const [name, part] of Object.entries(one.properties ?? {}))
        if (!found.has(name)) found.set(name, { name, text: this.text(part), section: this.choices(part).some((each) => each.properties || each.patternProperties) });
    return [...found.values()];
  }

  // Values that a key may take, where they can be listed.
  values(path) {
    const found = new Set();
    for (const one of this.choices(this.at(path))) {
      for (const value of one.enum ?? []) found.add(String(value));
      if (one.const !== undefined) found.add(String(one.const));
      if (one.type === "boolean") found.add("true").add("false");
      if (["number", "integer", "string"].includes(typeof one.default) || typeof one.default === "boolean") if (`${one.default}`) found.add(String(one.default));
      for (const value of one.examples ?? []) if (typeof value !== "object") found.add(String(value));
    }
    return [...found];
  }

  // The path of the key in whose name `position` is, or of the one whose value it is in.
  path(text, position) {
    const key = keyAt(text, position);
    if (key) return key;
    const place = placeAt(text, position);
    return place?.value ? [...place.path, place.value] : null;
  }

  text(part) {
    return part ? (this.choices(part).find((one) => one.description)?.description ?? "") : "";
  }

  // What CodeMirror completes at a position of a text, or null.
  complete(text, position, explicit, more = {}) {
    const place = placeAt(text, position);
    if (!place || (!place.word && !explicit && place.value === null)) return null;
    if (place.value !== null) {
      const path = [...place.path, place.value];
      const values = more[path.join(".")] ?? this.values(path);
      return values.length ? { from: place.from, options: values.map((label) => ({ label, type: "constant" })), validFor: /^[\w.-]*$/ } : null;
    }
    const options = this.keys(place.path).map(({ name, text: info, section }) => ({ label: name, info, apply: `${name}:${section ? "" : " "}` }));
    return options.length ? { from: place.from, options, validFor: /^\w*$/ } : null;
  }
}
