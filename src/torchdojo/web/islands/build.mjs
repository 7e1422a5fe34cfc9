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

// A page names the chunks of its script, so that they are fetched beside it rather than once it is read.
const chunks = {};
for (const [file, { imports }] of Object.entries(result.metafile.outputs)) {
  const name = file.split("/").pop();
  if (!name.endsWith(".js") || name.startsWith("chunk-")) continue;
  const found = imports.filter((each) => each.kind === "import-statement").map((each) => each.path.split("/").pop());
  if (found.length) chunks[name] = found.sort();
}
const sorted = Object.fromEntries(Object.entries(chunks).sort(([one], [other]) => (one < other ? -1 : 1)));
await writeFile(`${out}/chunks.json`, `${JSON.stringify(sorted, null, 1)}\n`);

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
