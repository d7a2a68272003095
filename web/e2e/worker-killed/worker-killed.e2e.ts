import { join } from "node:path";

import { beforeAll, afterAll, expect, test } from "vitest";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";

import { tarMember, writeArchive, writeLayout } from "../support/archive.js";
import type { Protocol, Target } from "../support/protocol.js";
import { inBrowser, type Session } from "../support/session.js";
import { inFolder } from "../support/temporary.js";

let folder: string;
let archive: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "oci-lens-e2e-"));
  archive = join(folder, "large.tar");
  // Two large layers, so that each of two workers has one, and small ones after them.
  await writeArchive(archive, [[["small", 1]], [["large", 320]], [["larger", 360]], [["last", 2]]]);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

type Kill = (protocol: Protocol, session: string) => Promise<unknown>;

const evaluate =
  (expression: string): Kill =>
  (protocol, session) =>
    protocol.send("Runtime.evaluate", { expression }, session);

const crash = evaluate("setTimeout(() => { throw new Error('killed'); })");

// Each through the browser's own protocol; of the first two nobody is told.
const KILLS: [name: string, kill: Kill][] = [
  ["ended", evaluate("self.close()")],
  [
    "frozen",
    async (protocol, session) => {
      await protocol.send("Debugger.enable", {}, session);
      await protocol.send("Debugger.pause", {}, session);
    },
  ],
  ["crashed", crash],
];

/** Kills a scan worker when so many per cent are read; all is verified in the end. */
async function scanWhileKilled(
  { viewer, protocol }: Session,
  dropped: string,
  { at, kill }: { at: number; kill: Kill },
): Promise<void> {
  await viewer.drop(dropped);
  await expect.poll(() => viewer.progress(), { interval: 5 }).toBeGreaterThan(at);
  const [victim] = protocol.workers("oci-lens-scan") as [Target];
  await kill(protocol, victim.session);
  expect(await viewer.scanned(60_000)).toBe("done");
  expect((await viewer.report()).totals.blobs).toMatchObject({ notChecked: 0, mismatch: 0 });
  expect(victim.gone).toBe(true);
}

test.each(KILLS)(
  "what a scan worker was at when it was %s is scanned again, and the rest goes on",
  async (name, kill) => {
    await inBrowser(async (session) => {
      await scanWhileKilled(session, archive, { at: 0.5, kill });
      // What the browser writes of an uncaught error is not the page's.
      if (name === "crashed") session.protocol.complaints.splice(0);
    });
  },
);

const FOLDERS = 100;
const FILES_EACH = 600;

function* manyFiles(): Generator<Buffer> {
  const bytes = Buffer.alloc(8192, "0123456789");
  for (let number = 0; number < FOLDERS * FILES_EACH; number += 1) {
    const folder = Math.floor(number / FILES_EACH);
    yield* tarMember(`folder-${folder}/file-${number}`, bytes.length, [bytes]);
  }
  yield Buffer.alloc(1024);
}

test("entries that a worker has handed over before it ended are there once", async () => {
  await inFolder(async (folder) => {
    const many = join(folder, "many.tar");
    await writeLayout(many, [{ tar: manyFiles, compression: "none" }]);
    await inBrowser(async (session) => {
      // By then a page of 16,384 has come.
      await scanWhileKilled(session, many, { at: 40, kill: crash });
      session.protocol.complaints.splice(0);
      expect(await session.viewer.expandAll()).toBe(FOLDERS + FOLDERS * FILES_EACH);
    });
  });
});

test("a layer whose worker ends twice fails, and the viewer is as good as new after it", async () => {
  await inBrowser(async ({ viewer, protocol }) => {
    await viewer.drop(archive);
    const state = { over: false };
    const scanned = viewer.scanned(60_000).finally(() => {
      state.over = true;
    });
    while (!state.over) {
      for (const { session } of protocol.workers("oci-lens-scan")) {
        // It may be gone by now.
        await crash(protocol, session).catch(() => undefined);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await scanned).toBe("done");
    const layers = (await viewer.report()).images[0]?.layers ?? [];
    const reasons = layers.map(({ verification }) => verification.reason);
    expect(reasons).toContain("worker-failed");
    protocol.complaints.splice(0);
    await viewer.close();
    await viewer.pick(archive);
    expect(await viewer.scanned()).toBe("done");
    expect((await viewer.report()).totals.blobs).toMatchObject({ notChecked: 0, mismatch: 0 });
  });
});

test("an engine worker that crashes fails the scan, and the next archive has a new one", async () => {
  await inBrowser(async ({ viewer, protocol }) => {
    await viewer.drop(archive);
    await expect.poll(() => viewer.progress(), { interval: 5 }).toBeGreaterThan(0.5);
    const [engine] = protocol.workers("oci-lens-engine") as [Target];
    await crash(protocol, engine.session);
    expect(await viewer.scanned(10_000)).toBe("failed");
    await expect.poll(() => protocol.workers("oci-lens-scan")).toEqual([]);
    protocol.complaints.splice(0);
    await viewer.close();
    await viewer.pick(archive);
    expect(await viewer.scanned()).toBe("done");
    expect((await viewer.report()).totals.blobs).toMatchObject({ notChecked: 0, mismatch: 0 });
  });
});
