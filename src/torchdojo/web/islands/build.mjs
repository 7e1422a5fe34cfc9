// Builds the islands into ../static/bundle, byte for byte the same on every machine.
import { readFile, rm, writeFile } from "node:fs/promises";
import { readdirSync } from "node:fs";
import { build } from "esbuild";

const out = process.argv[2] ?? "../static/bundle";
await rm(out, { recursive: true, force: true });
const result = await build({
  entryPoints: ["source/site.ts", "source/practice.ts", "source/charts.ts", "source/drills.ts", "source/hidden.ts", "source/review.ts", "source/sprint.ts", "source/room.ts", "source/replay.ts", "source/blocks.ts", "source/styles/site.css", "source/styles/formulas.css"],
  outdir: out,
  outbase: "source",
  entryNames: "[name]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022"],
  minify: true,
  legalComments: "none",
  charset: "utf8",
  metafile: true,
  // Every browser in use reads woff2; the older copies of the same fonts would only make the package larger.
  loader: { ".woff2": "file", ".woff": "empty", ".ttf": "empty" },
});

const packages = new Set();
for (const input of Object.keys(result.metafile.inputs)) {
  const match = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (match) packages.add(match[1]);
}
const notices = [];
for (const name of [...packages].sort()) {
  const folder = `node_modules/${name}`;
  const about = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  const text = licence ? await readFile(`${folder}/${licence}`, "utf8") : "";
  notices.push(`${name} ${about.version} (${about.license})\n\n${text.trim()}\n`);
}
await writeFile(`${out}/THIRD-PARTY.txt`, notices.join(`\n${"-".repeat(80)}\n\n`));
