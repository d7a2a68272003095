import { describe, expect, test } from "vitest";

import type { Hashing, Scans } from "../generated/simd/scan.js";
import { HashedElsewhere, Hasher, hashFor } from "../src/hashing.js";
import { outcome } from "./support/settle.js";

/** What is known of a stream, for the fakes here: its name. */
const known = (name: string): Uint8Array => new TextEncoder().encode(name);

/** Bytes of two streams, as a scan holds them: what was taken is gone. One more stays there. */
class FakeScans {
  readonly held = [
    new Uint8Array(2_000_000).fill(1),
    new Uint8Array(),
    new Uint8Array(700_000).fill(2),
  ];

  streamCount = (): number => 3;

  hashElsewhere = (_scan: number, stream: number): Uint8Array | undefined =>
    [known("first"), undefined, known("third")][stream];

  takeHeld = (_scan: number, stream: number, least: number, target: Uint8Array): number => {
    const held = this.held[stream];
    if (!held || held.length === 0 || held.length < least) return 0;
    const taken = held.subarray(0, target.length);
    target.set(taken);
    this.held[stream] = held.subarray(taken.length);
    return taken.length;
  };
}

/** Says of each stream what it was and how many bytes it had, which are all alike. */
class FakeHashing {
  readonly streams = new Map<number, { name: string; length: number; kinds: Set<number> }>();

  begin = (stream: number, known: Uint8Array): void => {
    const name = new TextDecoder().decode(known);
    this.streams.set(stream, { name, length: 0, kinds: new Set() });
  };

  push = (stream: number, bytes: Uint8Array): void => {
    const found = this.streams.get(stream);
    if (!found) throw new Error(`no stream ${stream}`);
    found.length += bytes.length;
    for (const byte of bytes) found.kinds.add(byte);
  };

  finish = (stream: number): string | undefined => {
    const found = this.streams.get(stream);
    this.streams.delete(stream);
    return found && `${found.name} ${found.length} ${[...found.kinds].join()}`;
  };
}

function linked(hashing: FakeHashing): Hasher {
  const { port1, port2 } = new MessageChannel();
  hashFor(port2, hashing as unknown as Hashing);
  return new Hasher(port1);
}

const scans = (fake: FakeScans): Scans => fake as unknown as Scans;

describe("streams hashed by another worker", () => {
  test("arrive whole and apart, however many messages they take", async () => {
    const hashing = new FakeHashing();
    const hasher = linked(hashing);
    const [one, two] = [new FakeScans(), new FakeScans()];
    const streams = [one, two].map((fake) => new HashedElsewhere(hasher, scans(fake), 0));
    for (const stream of streams) stream.send();
    // What is too little for a message waits for the end.
    expect(one.held.map(({ length }) => length)).toEqual([427_136, 0, 175_712]);
    await hasher.ready();
    const digests = [
      [0, "first 2000000 1"],
      [2, "third 700000 2"],
    ];
    expect(await Promise.all(streams.map((stream) => stream.finish()))).toEqual([digests, digests]);
    expect(hashing.streams.size).toBe(0);
  });

  test("wait for the other side when much is under way", async () => {
    const hasher = linked(new FakeHashing());
    const stream = hasher.begin(known("one"));
    let sent = 0;
    let isReady = true;
    for (; isReady && sent < 100; sent += 1) {
      hasher.push(stream, (target) => target.length);
      isReady = hasher.ready() === undefined;
    }
    expect(sent).toBe(4);
    await hasher.ready();
    expect(await hasher.finish(stream)).toContain(`one ${4 * 512 * 1024}`);
  });

  test("fail with what the other side failed with, and are never taken for hashed", async () => {
    const hashing = new FakeHashing();
    const hasher = linked(hashing);
    hashing.push = () => {
      throw new Error("unreachable");
    };
    const stream = new HashedElsewhere(hasher, scans(new FakeScans()), 0);
    expect(await outcome(stream.finish())).toContain("unreachable");

    const forgetful = new FakeHashing();
    forgetful.finish = () => undefined;
    const other = new HashedElsewhere(linked(forgetful), scans(new FakeScans()), 0);
    expect(await outcome(other.finish())).toBe("internal: a stream was not hashed");
  });

  test("that are left are forgotten", async () => {
    const hashing = new FakeHashing();
    const hasher = linked(hashing);
    const left = new HashedElsewhere(hasher, scans(new FakeScans()), 0);
    left.send();
    left.leave();
    await hasher.ready();
    expect(await hasher.finish(hasher.begin(known("one")))).toBe("one 0 ");
    expect(hashing.streams.size).toBe(0);
  });
});
