// Reads of a layer's first file: `node app/deep.mjs PATH OFFSET+LENGTH…`.
import { createEngine, sourceFromPath } from "oci-lens/engine";

const [path, ...places] = process.argv.slice(2);
const engine = createEngine();
const archive = await engine.open(await sourceFromPath(path));
await archive.scan();
const answers = [];
for (const place of places) {
  const [offset, length] = place.split("+").map(Number);
  let begun;
  const onProgress = ({ done }) => (begun ??= done);
  const of = { layer: 0, entry: 0 };
  const { bytes } = await archive.content(0, of, { offset, length, onProgress });
  answers.push({ begun, bytes: [...bytes] });
}
await archive.close();
engine.close();
console.log(JSON.stringify(answers));
