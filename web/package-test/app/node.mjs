// Verifies archives with the engine alone: `node app/node.mjs [--code] (PATH | blob:PATH | URL)…`.
import { readFileSync } from "node:fs";

import { createEngine, EngineError, sourceFromPath, sourceFromUrl } from "oci-lens/engine";

const words = process.argv.slice(2);
const wantsCode = words[0] === "--code";
const engine = createEngine();
const answers = [];
for (const path of wantsCode ? words.slice(1) : words) {
  try {
    const source = await sourceAt(path);
    const archive = await engine.open(source);
    const report = await archive.scan();
    const tree = await archive.openTree(0);
    const { rows } = await tree.rows(0, 20);
    answers.push({ blobs: report.totals.blobs, paths: rows.map((row) => row.path) });
    await archive.close();
  } catch (error) {
    if (!wantsCode || !(error instanceof EngineError)) throw error;
    answers.push(error.code);
  }
}
engine.close();
console.log(JSON.stringify(answers));

function sourceAt(path) {
  if (path.startsWith("http:")) return sourceFromUrl(path);
  if (path.startsWith("blob:")) return new Blob([readFileSync(path.slice("blob:".length))]);
  return sourceFromPath(path);
}
