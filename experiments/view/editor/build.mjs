// Bundles the editor into ../assets/vendor/, with the licences of what is in it and a stamp of what it was made of.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const TARGET = "../assets/vendor";
const SOURCES = ["build.mjs", "editor.js", "package-lock.json", "package.json"];

const digest = createHash("sha256");
for (const name of SOURCES) digest.update(readFileSync(name));

const { metafile } = await build({
  entryPoints: ["editor.js"],
  outfile: `${TARGET}/editor.js`,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  metafile: true,
  banner: { js: `// Made by "npm run build" in experiments/view/editor of sources with SHA-256 ${digest.digest("hex")}; see LICENSES.txt.` },
});

const packages = new Set(Object.keys(metafile.inputs).map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1]).filter(Boolean));
const texts = [...packages].sort().map((name) => {
  const folder = `node_modules/${name}`;
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  return `${name} ${version} (${license})\n\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
});
mkdirSync(TARGET, { recursive: true });
writeFileSync(`${TARGET}/LICENSES.txt`, texts.join(`\n${"-".repeat(80)}\n\n`));
