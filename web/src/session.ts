import { messageOf } from "./errors.js";
import { EngineError, type OpenedArchive } from "./client.js";
import { Follower } from "./view/follower.js";
import type { ByteProgress, Scan } from "./view/header.js";
import type { Failure, Report } from "./view/types.js";

/** Reports are read again at most this often, in milliseconds, while layers arrive. */
const REPORT_PAUSE = 100;

/** What a session tells the viewer that shows it. */
export interface SessionEvents {
  /** Something that is shown has changed. */
  changed: () => void;
  progress: (progress: ByteProgress) => void;
  /** All is read that could be, or reading was cancelled. */
  ended: (report: Report, scan: Scan) => void;
  failed: (failure: Failure) => void;
}

/** An open archive as far as it is read. */
export class Session {
  readonly name: string;
  readonly archive: OpenedArchive;
  report: Report;
  scan: Scan | undefined;
  readonly #events: SessionEvents;
  readonly #revisions = new Map<number, number>();
  #scanning: AbortController | undefined;
  /** What was asked for while something else was being read: an image, or everything. */
  readonly #next = new Set<number | undefined>();
  #current: number | undefined;
  #readEverything = false;
  #over: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(name: string, archive: OpenedArchive, events: SessionEvents) {
    this.name = name;
    this.archive = archive;
    this.report = archive.latest;
    this.#events = events;
  }

  get scanning(): boolean {
    return this.#scanning !== undefined;
  }

  /** Whether everything was read, or is being read: not only what was looked at. */
  get isVerified(): boolean {
    return !this.archive.onDemand || this.#readEverything;
  }

  /** Counts up whenever the tree of an image may be another. */
  revision(image: number): number {
    return this.#revisions.get(image) ?? 0;
  }

  /** Reads every layer that is not read yet, of one image or of all. */
  async read(image?: number): Promise<void> {
    if (this.#closed) return;
    if (this.#scanning) {
      const isComing = this.#current === undefined || this.#current === image;
      if (!isComing) this.#next.add(image);
      return this.#over;
    }
    this.#over = this.#readAll(image);
    return this.#over;
  }

  async #readAll(image: number | undefined): Promise<void> {
    this.#next.add(image);
    while (this.#next.size > 0 && !this.#closed) {
      const [next] = this.#next.has(undefined) ? [undefined] : this.#next;
      if (next === undefined) this.#next.clear();
      else this.#next.delete(next);
      this.#current = next;
      this.#readEverything ||= next === undefined;
      await this.#read(next);
    }
  }

  async #read(image: number | undefined): Promise<void> {
    const scanning = new AbortController();
    const { signal } = scanning;
    this.#scanning = scanning;
    this.scan = { state: "running" };
    this.#events.changed();
    const current = () => !this.#closed && this.#scanning === scanning;
    const grown = new Set<number>();
    const follow = new Follower(async () => {
      const report = await this.archive.report();
      if (!current()) return;
      const images = [...grown];
      grown.clear();
      this.#take(report, images);
    }, REPORT_PAUSE);
    let outcome: Scan;
    let report: Report | undefined;
    try {
      report = await this.archive.scan({
        signal,
        ...(image === undefined ? {} : { image }),
        onUpdate: ({ stored, total, changed }) => {
          if (!current() || signal.aborted) return;
          const progress = { done: stored, total };
          this.scan = { state: "running", progress };
          this.#events.progress(progress);
          if (!changed) return;
          for (const image of changed.images) grown.add(image);
          follow.nudge();
        },
      });
      outcome = { state: "done" };
    } catch (error) {
      const failure = failureOf(error);
      outcome = signal.aborted
        ? { state: "cancelled" }
        : { state: "failed", message: failure.message };
      if (current() && !signal.aborted) this.#events.failed(failure);
      report = await this.archive.report().catch(() => undefined);
    }
    follow.stop();
    if (!current()) return;
    this.#scanning = undefined;
    this.scan = outcome;
    if (!report) {
      this.#events.changed();
      return;
    }
    this.#take(
      report,
      report.images.map(({ number }) => number),
    );
    this.#events.ended(report, outcome);
  }

  cancel(): void {
    this.#next.clear();
    this.#scanning?.abort();
  }

  /** Takes a report that a call gave. */
  take(report: Report): void {
    this.#take(report, []);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#scanning?.abort();
    await this.archive.close();
  }

  #take(report: Report, grown: readonly number[]): void {
    this.report = report;
    for (const image of grown) this.#revisions.set(image, this.revision(image) + 1);
    this.#events.changed();
  }
}

/** What to tell of an error, whatever it is. */
export function failureOf(error: unknown): Failure {
  if (error instanceof EngineError) {
    const { code, message, seems, hints } = error;
    return { code, message, ...(seems === undefined ? {} : { seems }), hints: [...hints] };
  }
  return { code: "internal", message: messageOf(error) };
}
