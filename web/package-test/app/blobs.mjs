// Imported before a program, says in the file `BLOBS` what threads it has, and of how many bytes
// each of them makes a `Blob`.
import { appendFileSync } from "node:fs";
import { threadId } from "node:worker_threads";

const say = (what) => {
  appendFileSync(process.env.BLOBS, `thread ${threadId}${what}\n`);
};
say("");

globalThis.Blob = class extends Blob {
  constructor(parts = [], options) {
    super(parts, options);
    const bytes = parts.reduce((sum, { byteLength, size }) => sum + (byteLength ?? size), 0);
    if (bytes > 0) say(`: ${bytes} bytes`);
  }
};
