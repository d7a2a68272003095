/** A task that takes long is not run again for so many times as long as it took. */
const REST = 3;

/** Runs a task after changes: never twice at once, and with a pause between two runs. */
export class Follower {
  readonly #task: () => Promise<void>;
  readonly #pause: number;
  #running = false;
  #again = false;
  #stopped = false;

  constructor(task: () => Promise<void>, pause: number) {
    this.#task = task;
    this.#pause = pause;
  }

  /** Something changed. */
  nudge(): void {
    this.#again = true;
    if (!this.#running) void this.#run();
  }

  /** Nothing is run any more. */
  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#again && !this.#stopped) {
      this.#again = false;
      const start = performance.now();
      // What follows a failure of the engine is told by the call that caused it.
      await this.#task().catch(() => undefined);
      const pause = Math.max(this.#pause, REST * (performance.now() - start));
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    this.#running = false;
  }
}
