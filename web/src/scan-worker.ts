import type { Scans } from "../generated/simd/scan.js";
import { answer, reportLostRejections, Transferred, type Handlers } from "./answerer.js";
import { BUILD } from "./build.js";
import { HashedElsewhere, Hasher, hashFor } from "./hashing.js";
import type { ScanCalls } from "./protocol.js";
import { readHandlers } from "./reader.js";
import { spillsBlobs } from "./scratch.js";
import { pour } from "./slices.js";
import { whenLinked } from "./spawner.js";
import { Turns } from "./turns.js";
import { compile, startScan, type ScanModule } from "./wasm.js";

/** Bytes of seek points' histories that are put away at once. */
const PUT_AWAY = 1 << 20;

let begin: (core: Promise<ScanModule>) => void;
/** Calls that come before the decoders wait for them. */
const starting = new Promise<ScanModule>((resolve) => {
  begin = resolve;
});
/** The worker that hashes for this one, if there is one. */
let hasher: Hasher | undefined;
/** All scans of this worker: their bytes are hashed side by side. */
let scans: Scans | undefined;
/** Those under way, by numbers; with what is hashed elsewhere of them. */
const underWay = new Map<number, HashedElsewhere | undefined>();
/** What a trapped instance ended with: it is not touched again. */
let trap: WebAssembly.RuntimeError | undefined;
const turns = new Turns();

const untrapped = <T>(work: () => T): T => {
  if (trap) throw trap;
  try {
    return work();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) trap = error;
    throw error;
  }
};

const handlers: Handlers<ScanCalls> = {
  start: async (decoders) => {
    begin(
      Promise.resolve("module" in decoders ? decoders : compile(decoders.part)).then(startScan),
    );
    await starting;
    return undefined;
  },

  scan: async ({ job, bytes }, { signal, progress }) => {
    const core = await starting;
    const all = (scans ??= new core.Scans());
    const scan = all.begin(job);
    const histories: Blob[] = [];
    // Where what is put away is in this process's memory all the same, the core keeps fewer.
    const putAway = (least: number): void => {
      if (!spillsBlobs()) return;
      all.giveHistories(scan, least, (bytes) => histories.push(new Blob([bytes])));
    };
    underWay.set(scan, hasher && new HashedElsewhere(hasher, all, scan));
    try {
      const push = (chunk: Uint8Array): number =>
        untrapped(() => {
          const pushed = all.push(scan, chunk);
          putAway(PUT_AWAY);
          underWay.get(scan)?.send();
          return pushed;
        });
      const ready = () => underWay.get(scan) && hasher?.ready();
      await pour(
        bytes,
        { push, ready },
        {
          signal,
          turns,
          progress: () => {
            untrapped(() => {
              const now = { stored: all.stored(scan), unpacked: all.unpacked(scan) };
              progress(now);
              for (let page = all.takePage(scan); page; page = all.takePage(scan)) {
                progress({ ...now, page }, [page.buffer]);
              }
            });
          },
        },
      );
      untrapped(() => {
        all.end(scan);
      });
      const digests = (await underWay.get(scan)?.finish()) ?? [];
      return untrapped(() => {
        for (const [stream, digest] of digests) all.setDigest(scan, stream, digest);
        putAway(1);
        const stored = all.stored(scan);
        const unpacked = all.unpacked(scan);
        const table = all.finish(scan);
        const kept = histories.length > 0 ? { histories: new Blob(histories) } : {};
        return new Transferred({ table, stored, unpacked, ...kept }, [table.buffer]);
      });
    } catch (error) {
      underWay.get(scan)?.leave();
      if (!trap) all.leave(scan);
      throw error;
    } finally {
      underWay.delete(scan);
    }
  },

  hashElsewhere: ({ port }) => {
    const helper = (hasher = new Hasher(port));
    untrapped(() => {
      for (const scan of underWay.keys()) {
        if (scans) underWay.set(scan, new HashedElsewhere(helper, scans, scan));
      }
    });
    return undefined;
  },

  hashFor: async ({ port }) => {
    const core = await starting;
    hashFor(port, new core.Hashing());
    // Pending for good, so that whoever called hears when this worker ends.
    return new Promise<never>(() => undefined);
  },

  ...readHandlers(() => starting),
};

whenLinked(self, (link) => {
  reportLostRejections(self, link);
  answer(link, BUILD, handlers);
});
