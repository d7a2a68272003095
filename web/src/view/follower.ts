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
      // What follows a failure of the engine is told by the call that caused it.
      await this.#task().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, this.#pause));
    }
    this.#running = false;
  }
}
