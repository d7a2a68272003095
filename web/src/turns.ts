// How long a worker may stay deaf to aborts and pings.
const TURN = 50;

/** Lets a busy worker's event loop turn, so that it hears aborts and answers pings. */
export class Turns {
  #last = performance.now();

  due(): boolean {
    return performance.now() - this.#last >= TURN;
  }

  // A message to oneself comes after the messages that wait already; a timer
  // would be held back by several milliseconds.
  async pass(): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    await new Promise((resolve) => {
      port1.onmessage = resolve;
      port2.postMessage(undefined);
    });
    port1.close();
    this.#last = performance.now();
  }
}
