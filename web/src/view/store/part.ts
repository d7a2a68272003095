import { LitElement } from "lit";
import { property, state } from "lit/decorators.js";

import { messageOf } from "../../errors.js";
import type { ContentStore } from "../../store.js";
import { base } from "../../styles/base.js";
import { storeStyle } from "../../styles/store.js";
import type { OpenedArchive } from "../api.js";
import type { ViewHost } from "../view-element.js";

/** What the parts of the store view have in common. */
export class StorePart extends LitElement {
  static override styles = [base, storeStyle];

  @property({ attribute: false }) store!: ContentStore;
  @property({ attribute: false }) archive!: OpenedArchive;
  @property({ attribute: false }) host!: ViewHost;
  /** Counts up when the store may hold something else. */
  @property({ attribute: false }) revision = 0;

  @state() protected problem: string | undefined;
  @state() protected busy = false;

  /** Does something that may be refused, and says so. */
  protected async attempt(work: () => Promise<void>): Promise<void> {
    this.problem = undefined;
    this.busy = true;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) {
        this.problem = messageOf(error);
      }
    } finally {
      this.busy = false;
    }
  }
}
