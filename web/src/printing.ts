import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Follows the browser's printing: what is printed is drawn just for that. */
export class Printing implements ReactiveController {
  /** Whether the report on paper is drawn now. */
  active = false;
  /** Whether its element is there. */
  ready = false;

  readonly #host: ReactiveControllerHost;
  readonly #media = matchMedia("print");
  #loading: Promise<void> | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    addEventListener("beforeprint", this.#begin);
    addEventListener("afterprint", this.#end);
    this.#media.addEventListener("change", this.#follow);
  }

  hostDisconnected(): void {
    removeEventListener("beforeprint", this.#begin);
    removeEventListener("afterprint", this.#end);
    this.#media.removeEventListener("change", this.#follow);
  }

  /** Fetches what is needed: while the browser prints, there is no time for it. */
  load(): Promise<void> {
    this.#loading ??= import("./view/print/print.js").then(
      () => {
        this.ready = true;
        this.#host.requestUpdate();
      },
      () => {
        // What is on the screen is printed then; the next time it is tried again.
        this.#loading = undefined;
      },
    );
    return this.#loading;
  }

  /** Prints, as the browser's own command does. */
  async print(): Promise<void> {
    await this.load();
    globalThis.print();
  }

  readonly #begin = (): void => {
    this.#set(true);
  };

  readonly #end = (): void => {
    this.#set(false);
  };

  readonly #follow = ({ matches }: MediaQueryListEvent): void => {
    this.#set(matches);
  };

  #set(active: boolean): void {
    if (active === this.active) return;
    this.active = active;
    this.#host.requestUpdate();
  }
}
