import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Lets files be dropped anywhere on an element, except where one in it takes them. */
export class DropZone implements ReactiveController {
  /** Whether files are being dragged over the element. */
  dragging = false;
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #dropped: (transfer: DataTransfer) => void;

  constructor(
    host: ReactiveControllerHost & HTMLElement,
    dropped: (transfer: DataTransfer) => void,
  ) {
    this.#host = host;
    this.#dropped = dropped;
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.addEventListener("dragenter", this.#onDrag);
    this.#host.addEventListener("dragover", this.#onDrag);
    this.#host.addEventListener("dragleave", this.#onLeave);
    this.#host.addEventListener("drop", this.#onDrop);
  }

  hostDisconnected(): void {
    this.#host.removeEventListener("dragenter", this.#onDrag);
    this.#host.removeEventListener("dragover", this.#onDrag);
    this.#host.removeEventListener("dragleave", this.#onLeave);
    this.#host.removeEventListener("drop", this.#onDrop);
  }

  readonly #onDrag = (event: DragEvent): void => {
    if (event.defaultPrevented) {
      this.#set(false);
      return;
    }
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.#set(true);
  };

  readonly #onLeave = (event: DragEvent): void => {
    const to = event.relatedTarget;
    if (to instanceof Node && this.#host.contains(to)) return;
    this.#set(false);
  };

  readonly #onDrop = (event: DragEvent): void => {
    const { dataTransfer } = event;
    this.#set(false);
    if (event.defaultPrevented || !dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.#dropped(dataTransfer);
  };

  #set(dragging: boolean): void {
    if (this.dragging === dragging) return;
    this.dragging = dragging;
    this.#host.requestUpdate();
  }
}
