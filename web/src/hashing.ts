import type { Hashing, Scans } from "../generated/simd/scan.js";
import { answer, Transferred } from "./answerer.js";
import { BUILD } from "./build.js";
import { Caller } from "./caller.js";
import { EngineError } from "./errors.js";
import { workerBehind } from "./port.js";
import type { HashCalls } from "./protocol.js";

/** Bytes of one message: enough that it is worth its while. */
const MESSAGE = 512 * 1024;

/** Bytes under way at most. */
const MOST_UNDER_WAY = 4 * MESSAGE;

/** Hashes for another worker, until this one ends. */
export function hashFor(port: MessagePort, hashing: Hashing): void {
  const begun = new Set<number>();
  answer<HashCalls>(port, BUILD, {
    begin: ({ stream, known }) => {
      hashing.begin(stream, known);
      begun.add(stream);
      return undefined;
    },
    push: ({ stream, bytes, length }) => {
      if (begun.has(stream)) hashing.push(stream, bytes.subarray(0, length));
      // It goes back, so that no memory waits to be collected.
      return new Transferred(bytes, [bytes.buffer]);
    },
    finish: ({ stream }) => {
      begun.delete(stream);
      return hashing.finish(stream);
    },
  });
  port.start();
}

/** The worker that hashes for this one. */
export class Hasher {
  readonly #caller: Caller<HashCalls>;
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;
  #next = 0;
  #failure: unknown;

  constructor(port: MessagePort) {
    const patience = { interval: 1000, running: 60, starting: 60 };
    this.#caller = new Caller(workerBehind(port), BUILD, patience);
  }

  /** Goes on with a stream from what is known of it; returns its number. */
  begin(known: Uint8Array): number {
    const stream = this.#next++;
    this.#caller.call("begin", { stream, known }).catch(this.#fail);
    return stream;
  }

  /** Sends what `take` moves into an array. Returns whether there was something. */
  push(stream: number, take: (target: Uint8Array) => number): boolean {
    const bytes = this.#spare.pop() ?? new Uint8Array(MESSAGE);
    const length = take(bytes);
    if (length === 0) {
      this.#spare.push(bytes);
      return false;
    }
    this.#underWay += length;
    this.#caller
      .call("push", { stream, bytes, length }, { transfer: [bytes.buffer] })
      .then((back) => {
        this.#spare.push(back);
      })
      .catch(this.#fail)
      .finally(() => {
        this.#underWay -= length;
        if (!this.#isFull) for (const resolve of this.#waiting.splice(0)) resolve();
      });
    return true;
  }

  /** Resolves when more can be sent; nothing where that is now. */
  ready(): Promise<void> | undefined {
    return this.#isFull || this.#failure !== undefined ? this.#untilReady() : undefined;
  }

  async #untilReady(): Promise<void> {
    while (this.#isFull) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#failure !== undefined) throw this.#failure as Error;
  }

  async finish(stream: number): Promise<string | undefined> {
    const digest = await this.#caller.call("finish", { stream });
    // Answers come in order: by now it is known whether all bytes were taken.
    if (this.#failure !== undefined) throw this.#failure as Error;
    return digest;
  }

  get #isFull(): boolean {
    return this.#underWay >= MOST_UNDER_WAY;
  }

  readonly #fail = (error: unknown): void => {
    this.#failure ??= error;
  };
}

/** The streams of one scan that another worker hashes. */
export class HashedElsewhere {
  readonly #hasher: Hasher;
  readonly #scans: Scans;
  readonly #scan: number;
  /** Their numbers there, by those that they have here. */
  readonly #streams = new Map<number, number>();

  /** From now on that worker hashes what it can. */
  constructor(hasher: Hasher, scans: Scans, scan: number) {
    this.#hasher = hasher;
    this.#scans = scans;
    this.#scan = scan;
    const count = scans.streamCount(scan);
    for (let at = 0; at < count; at += 1) {
      const known = scans.hashElsewhere(scan, at);
      if (known) this.#streams.set(at, hasher.begin(known));
    }
  }

  /** Sends what there is of each stream, if that is so much. */
  send(least = MESSAGE): void {
    for (const [at, stream] of this.#streams) {
      const take = (target: Uint8Array): number =>
        this.#scans.takeHeld(this.#scan, at, least, target);
      while (this.#hasher.push(stream, take));
    }
  }

  /** The digests, when all bytes were sent, by the numbers that the streams have here. */
  async finish(): Promise<[stream: number, digest: string][]> {
    this.send(1);
    await this.#hasher.ready();
    return Promise.all(
      [...this.#streams].map(async ([at, stream]): Promise<[number, string]> => {
        const digest = await this.#hasher.finish(stream);
        if (digest === undefined) {
          throw new EngineError({ code: "internal", message: "a stream was not hashed" });
        }
        return [at, digest];
      }),
    );
  }

  /** Nothing more is wanted. */
  leave(): void {
    for (const stream of this.#streams.values()) {
      this.#hasher.finish(stream).catch(() => undefined);
    }
  }
}
