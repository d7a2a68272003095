import type { Page } from "playwright-core";

/** What passed from a key or a click to the rows that it led to, in milliseconds. */
export interface Answered {
  /** Until the rows were in the document as they stayed. */
  rows: number;
  /** Of that, while the page waited for its worker. */
  worker: number;
}

interface Watch {
  start: number | undefined;
  last: number | undefined;
  /** Calls that the worker has not answered yet, and since when there are any. */
  pending: number;
  since: number;
  /** How long there were any, in all and until the rows changed for the last time. */
  waited: number;
  waitedForLast: number;
}

/** No change to the rows for so long: they stay as they are. */
const STILL = 200;

const PATIENCE = 60_000;

/** Measures by the page's own clock what passes until the rows are there that an act leads to. */
export async function rowsWatch(
  page: Page,
): Promise<(act: () => Promise<unknown>) => Promise<Answered>> {
  await page.evaluate(watchRows);
  return async (act) => {
    await page.evaluate(() => {
      const { watched } = globalThis as unknown as { watched: { start: () => void } };
      watched.start();
    });
    await act();
    const answered = await page.waitForFunction(
      (still) => {
        const { watched } = globalThis as unknown as {
          watched: { answered: (still: number) => Answered | undefined };
        };
        return watched.answered(still);
      },
      STILL,
      { timeout: PATIENCE },
    );
    return (await answered.jsonValue()) as Answered;
  };
}

/** Runs in the page. */
function watchRows(): void {
  const fresh = (): Watch => ({
    start: undefined,
    last: undefined,
    pending: 0,
    since: 0,
    waited: 0,
    waitedForLast: 0,
  });
  let watch = fresh();
  const grid = () =>
    document
      .querySelector("oci-lens")
      ?.shadowRoot?.querySelector("oci-lens-files")
      ?.shadowRoot?.querySelector(".grid");
  const observer = new MutationObserver(() => {
    const now = performance.now();
    watch.last = now;
    watch.waitedForLast = watch.waited + (watch.pending > 0 ? now - watch.since : 0);
  });
  for (const type of ["keydown", "input", "click"]) {
    const begin = (event: Event): void => {
      watch.start ??= event.timeStamp;
    };
    addEventListener(type, begin, { capture: true });
  }

  // What is asked of the worker, and what it answers.
  const known = new WeakSet<Worker>();
  const listen = (worker: Worker): void => {
    known.add(worker);
    worker.addEventListener("message", ({ data }: MessageEvent<{ kind: string }>) => {
      if (data.kind !== "ok" && data.kind !== "error") return;
      watch.pending -= 1;
      if (watch.pending === 0) watch.waited += performance.now() - watch.since;
    });
  };
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its worker below
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (this: Worker, message: { kind: string }, ...rest) {
    if (!known.has(this)) listen(this);
    if (message.kind === "call") {
      if (watch.pending === 0) watch.since = performance.now();
      watch.pending += 1;
    }
    Reflect.apply(postMessage, this, [message, ...rest]);
  };

  Object.assign(globalThis, {
    watched: {
      start: () => {
        watch = fresh();
        const rows = grid()?.querySelector(".rows");
        observer.disconnect();
        if (rows) {
          observer.observe(rows, {
            subtree: true,
            childList: true,
            characterData: true,
            attributes: true,
          });
        }
      },
      answered: (still: number): Answered | undefined => {
        const { start, last, pending, waitedForLast } = watch;
        const shown = grid();
        if (start === undefined || last === undefined || pending > 0) return undefined;
        if (shown?.getAttribute("aria-busy") !== "false") return undefined;
        if (shown.querySelector(".waiting") || performance.now() - last < still) return undefined;
        return { rows: last - start, worker: waitedForLast };
      },
    },
  });
}
