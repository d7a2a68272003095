import { messageOf } from "./errors.js";
import { EngineError, type OpenedArchive } from "./client.js";
import { Follower } from "./view/follower.js";
import type { ByteProgress, Scan } from "./view/header.js";
import type { Failure, Report } from "./view/types.js";

/** Reports are read again at most this often, in milliseconds, while layers arrive. */
const REPORT_PAUSE = 100;

/** How layers are looked at: read, or listed where that is enough. */
type Reading = "read" | "list";

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
  readonly #next = new Map<number | undefined, Reading>();
  #current: number | undefined;
  /** Whether the current image is listed, if it can be, and its layers are not read. */
  #lists = false;
  /** The images whose tables of contents list them. */
  readonly #listed = new Set<number>();
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
    return this.#ask(image, "read");
  }

  /** Lists an image's files by tables of contents, or reads its layers where these are not enough. */
  async list(image: number): Promise<void> {
    if (!this.#listed.has(image)) return this.#ask(image, "list");
  }

  async #ask(image: number | undefined, how: Reading): Promise<void> {
    if (this.#closed) return;
    if (this.#scanning) {
      const isSame = this.#current === image && (how === "list" || !this.#lists);
      if (this.#current !== undefined && !isSame) this.#note(image, how);
      return this.#over;
    }
    this.#over = this.#readAll(image, how);
    return this.#over;
  }

  #note(image: number | undefined, how: Reading): void {
    if (this.#next.get(image) !== "read") this.#next.set(image, how);
  }

  async #readAll(image: number | undefined, how: Reading): Promise<void> {
    this.#note(image, how);
    while (this.#next.size > 0 && !this.#closed) {
      const [next] = this.#next.has(undefined) ? [undefined] : this.#next.keys();
      this.#lists = this.#next.get(next) === "list";
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
      if (this.#lists && image !== undefined && (await this.archive.listLayers(image, signal))) {
        const report = await this.archive.report();
        if (!current()) return;
        this.#listed.add(image);
        this.#scanning = this.scan = undefined;
        this.#takeAll(report);
        return;
      }
      this.#lists = false;
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
    this.#takeAll(report);
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

  #takeAll(report: Report): void {
    this.#take(
      report,
      report.images.map(({ number }) => number),
    );
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
