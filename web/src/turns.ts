// How long a worker may stay deaf to aborts and pings.
const TURN = 50;

// The same where several wait for bytes that only the event loop brings. Not after each piece of
// work: every turn leaves something to be collected.
const SHARED_TURN = 25;

/** Lets a busy worker's event loop turn, so that it hears aborts and answers pings. */
export class Turns {
  #last = performance.now();
  #sharing = 0;
  #turn: Promise<void> | undefined;

  /** Also when others have asked for a turn: who went on would keep them waiting. */
  due(): boolean {
    if (this.#turn) return true;
    return performance.now() - this.#last >= (this.#sharing > 1 ? SHARED_TURN : TURN);
  }

  /** Does work beside others that share these turns. */
  async share<T>(work: () => Promise<T>): Promise<T> {
    this.#sharing += 1;
    try {
      return await work();
    } finally {
      this.#sharing -= 1;
    }
  }

  /** One turn for all who ask for it meanwhile. */
  pass(): Promise<void> {
    return (this.#turn ??= turn().then(() => {
      this.#turn = undefined;
      this.#last = performance.now();
    }));
  }
}

declare const scheduler: { postTask: (task: () => void) => Promise<void> } | undefined;

async function turn(): Promise<void> {
  // A task is several times as fast as a message, which goes through another thread.
  if (typeof scheduler !== "undefined") {
    await scheduler.postTask(() => undefined);
    return;
  }
  // A message to oneself comes after the messages that wait already; a timer
  // would be held back by several milliseconds.
  const { port1, port2 } = new MessageChannel();
  await new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(undefined);
  });
  port1.close();
}
