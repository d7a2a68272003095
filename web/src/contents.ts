import type { BlobPlace, Engine, LayerRange } from "../generated/simd/engine.js";
import { EngineError } from "./errors.js";
import { CHUNK } from "./slices.js";
import { Turns } from "./turns.js";
import type { ScanModule } from "./wasm.js";

/** Stored bytes read at once. */
const SLICE = 1024 * 1024;

/** Where bytes lie among an archive's inputs, or in a document of it. */
export interface Stored {
  engine: Engine;
  sources: readonly Blob[];
}

/** Takes a layer's stored bytes and gives others. */
interface Machine {
  stored: () => number;
  isDone: () => boolean;
  push: (bytes: Uint8Array) => Uint8Array;
  consumed: () => number;
  end: () => void;
  free: () => void;
}

/** What is written as a tar: a layer as it is, or what some layers make of a path. */
export type TarOf = { layer: number } | { range?: LayerRange; path: Uint8Array };

/** The stored bytes of a blob: a reference to them, nothing is read. */
export function bytesAt(
  place: { number: number; source?: number | undefined; offset: number; size: number },
  { engine, sources }: Stored,
): Blob {
  if (place.source === undefined) {
    const carried = engine.embedded(place.number);
    if (carried) return new Blob([new Uint8Array(carried)]);
  } else {
    const bytes = sources[place.source];
    if (bytes) return bytes.slice(place.offset, place.offset + place.size);
  }
  throw new EngineError({ code: "internal", message: `blob ${place.number} has no bytes` });
}

/** A part of a file's content, as it comes. */
export async function* contentOf(
  core: ScanModule,
  stored: Stored,
  [image, layer, entry, offset, length]: [number, number, number, number, number],
  told: { size?: (size: number) => void; digest?: (digest: string) => void } & Progress,
): AsyncGenerator<Uint8Array, void> {
  const plan = stored.engine.content(image, layer, entry, offset, length);
  try {
    told.size?.(plan.size);
    const blob = plan.blob;
    const reader = new core.Reader(plan.plan);
    yield* feed(reader, placed(blob, stored), told, () => {
      told.digest?.(reader.digest());
    });
  } finally {
    plan.free();
  }
}

/** A tar, as it comes. */
export async function* tarOf(
  core: ScanModule,
  stored: Stored,
  image: number,
  what: TarOf,
): AsyncGenerator<Uint8Array, void> {
  const { engine } = stored;
  if ("layer" in what) {
    const plan = engine.layerContent(image, what.layer);
    try {
      yield* feed(new core.Reader(plan.plan), placed(plan.blob, stored), {});
    } finally {
      plan.free();
    }
    return;
  }
  const { first, last } = what.range ?? { first: 0, last: undefined };
  const plan = engine.exportTar(image, first, last, what.path);
  const writer = new core.TarWriter();
  try {
    for (let batch = plan.next(); batch; batch = plan.next()) {
      const blob = batch.blob;
      const bytes = blob ? placed(blob, stored) : new Blob();
      writer.take(batch.batch);
      batch.free();
      yield* pump(writer, bytes, {});
    }
  } finally {
    plan.free();
    writer.free();
  }
}

interface Progress {
  progress?: (done: number, total: number) => void;
}

function placed(blob: BlobPlace, stored: Stored): Blob {
  try {
    return bytesAt(blob, stored);
  } finally {
    blob.free();
  }
}

async function* feed(
  machine: Machine,
  bytes: Blob,
  told: Progress,
  done?: () => void,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* pump(machine, bytes, told);
    done?.();
  } finally {
    machine.free();
  }
}

/** Reads on from where the machine wants, until it needs no more. */
export async function* pump(
  machine: Machine,
  bytes: Blob,
  { progress }: Progress,
): AsyncGenerator<Uint8Array, void> {
  const turns = new Turns();
  let slice = new Uint8Array();
  let used = 0;
  while (!machine.isDone()) {
    if (used === slice.length) {
      const from = machine.stored();
      slice = new Uint8Array(await bytes.slice(from, from + SLICE).arrayBuffer());
      used = 0;
      if (slice.length === 0) machine.end();
      progress?.(from, bytes.size);
    }
    const given = machine.push(slice.subarray(used, used + CHUNK));
    used += machine.consumed();
    if (given.length > 0) yield given;
    if (turns.due()) await turns.pass();
  }
}
