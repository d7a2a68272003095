import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { EngineError } from "../../errors.js";
import type { IngestStatus } from "../../store.js";
import { storeText } from "../../text/store.js";
import { created } from "../format.js";
import { StorePart } from "./part.js";

/** Milliseconds between two looks at what another page does. */
const LOOK = 1000;

const ROOT = "containerd.io/gc.root";

type Line = Pick<IngestStatus, "ref" | "offset" | "total"> & Partial<IngestStatus>;

/** New ingests, and those that are not committed. */
export class OciLensStoreIngests extends StorePart {
  @state() private statuses: readonly IngestStatus[] = [];
  @state() private outcome: string | undefined;
  @state() private fetching = false;

  #timer: ReturnType<typeof setInterval> | undefined;
  #resuming: Line | undefined;

  readonly #onProgress = (): void => {
    this.requestUpdate();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => {
      // Not while another view is shown.
      if (this.getClientRects().length > 0) void this.#read();
    }, LOOK);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
    this.store.removeEventListener("change-progress", this.#onProgress);
  }

  protected override firstUpdated(): void {
    this.store.addEventListener("change-progress", this.#onProgress);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("revision") || changed.has("store")) void this.#read();
  }

  async #read(): Promise<void> {
    // A worker that is busy hashing answers later; what is shown stays until then.
    const statuses = await this.store.ingests().catch(() => undefined);
    if (statuses) this.statuses = statuses;
  }

  protected override render(): TemplateResult {
    return html`<section aria-labelledby="new-ingest">
        <h2 id="new-ingest">${storeText.newIngest}</h2>
        <form
          @submit=${(event: SubmitEvent) => {
            event.preventDefault();
            void this.#fetch();
          }}
        >
          <label class="field"
            >${storeText.ref}<input
              type="text"
              name="ref"
              autocomplete="off"
              aria-describedby="ref-help"
            /><span class="help" id="ref-help">${storeText.refHelp}</span></label
          >
          <label class="field"
            >${storeText.expected}<input
              type="text"
              name="expected"
              autocomplete="off"
              spellcheck="false"
              aria-describedby="expected-help"
            /><span class="help" id="expected-help">${storeText.expectedHelp}</span></label
          >
          <label class="check"
            ><input type="checkbox" name="root" checked />${storeText.root}</label
          >
          <button type="button" class="primary" data-action="ingest-file" @click=${this.#choose}>
            ${storeText.file}
          </button>
          <label class="field"
            >${storeText.url}<input
              type="text"
              name="url"
              autocomplete="off"
              spellcheck="false"
              aria-describedby="url-help"
            /><span class="help" id="url-help">${storeText.urlHelp}</span></label
          >
          <button type="submit" data-action="ingest-url" ?disabled=${this.fetching}>
            ${this.fetching ? storeText.fetching : storeText.fetch}
          </button>
        </form>
        <input type="file" name="file" hidden @change=${this.#onFile} />
        ${
          this.problem === undefined
            ? nothing
            : html`<p class="mismatch" role="alert">${this.problem}</p>`
        }
        ${
          this.outcome === undefined
            ? nothing
            : html`<p class="verified" data-outcome role="status">${this.outcome}</p>`
        }
      </section>
      <section aria-labelledby="active">
        <h2 id="active">${storeText.active}</h2>
        ${this.#active()}
      </section>`;
  }

  #active(): TemplateResult {
    // What this page has just begun is not listed yet.
    const begun = this.store.running.filter(
      (running) => !this.statuses.some(({ ref }) => ref === running.ref),
    );
    if (this.statuses.length + begun.length === 0) {
      return html`<p class="muted">${storeText.noIngests}</p>`;
    }
    return html`<ul class="items">
      ${begun.map(({ ref, progress: { total } }) => this.#line({ ref, offset: 0, total }))}
      ${this.statuses.map((status) => this.#line(status))}
    </ul>`;
  }

  #line(status: Line): TemplateResult {
    const running = this.store.running.find(({ ref }) => ref === status.ref);
    const { done, total } = running?.progress ?? { done: status.offset, total: status.total };
    const state = running ? "running" : status.active === true ? "elsewhere" : "left";
    return html`<li data-ref=${status.ref} data-state=${state} data-offset=${done}>
      <code>${status.ref}</code>
      ${
        total > 0
          ? html`<progress max=${total} .value=${done} aria-label=${status.ref}></progress>`
          : nothing
      }
      <span>${storeText.progress(done, total)}</span>
      <span class="muted"
        >${storeText.state[state]}${
          status.started === undefined ? "" : `, ${storeText.started(created(status.started))}`
        }</span
      >
      <span class="push row">
        ${
          running
            ? html`<button
                type="button"
                data-action="stop"
                @click=${() => {
                  this.store.stop(status.ref);
                }}
              >
                ${storeText.stop}
              </button>`
            : nothing
        }
        ${
          state === "left"
            ? html`<button
                  type="button"
                  data-action="resume"
                  @click=${() => {
                    this.#resuming = status;
                    this.#pick();
                  }}
                >
                  ${storeText.resume}
                </button>
                <button
                  type="button"
                  data-action="abort"
                  title=${storeText.abortHelp}
                  @click=${() => void this.attempt(() => this.store.abort(status.ref))}
                >
                  ${storeText.abort}
                </button>`
            : nothing
        }
      </span>
    </li>`;
  }

  #input(name: string): HTMLInputElement | undefined {
    return this.renderRoot.querySelector<HTMLInputElement>(`[name=${name}]`) ?? undefined;
  }

  #text(name: string): string {
    return this.#input(name)?.value.trim() ?? "";
  }

  readonly #choose = (): void => {
    this.#resuming = undefined;
    this.#pick();
  };

  #pick(): void {
    this.#input("file")?.click();
  }

  readonly #onFile = (event: Event): void => {
    const input = event.currentTarget;
    if (!(input instanceof HTMLInputElement)) return;
    const file = input.files?.[0];
    input.value = "";
    if (!file) return;
    const status = this.#resuming;
    void (status
      ? this.#ingest(status.ref, file, status.expected)
      : this.#ingest(this.#text("ref") || file.name, file, this.#text("expected")));
  };

  async #fetch(): Promise<void> {
    const url = this.#text("url");
    if (url === "") return;
    await this.attempt(async () => {
      this.outcome = undefined;
      this.fetching = true;
      const bytes = await fetchBlob(url).finally(() => {
        this.fetching = false;
      });
      await this.#store(this.#text("ref") || url, bytes, this.#text("expected"));
    });
  }

  #ingest(ref: string, bytes: Blob, expected: string | undefined): Promise<void> {
    return this.attempt(() => this.#store(ref, bytes, expected));
  }

  async #store(ref: string, bytes: Blob, expected: string | undefined): Promise<void> {
    this.outcome = undefined;
    const isRoot = this.#input("root")?.checked === true;
    try {
      const { digest, existed } = await this.store.ingest({
        ref,
        bytes,
        expected,
        labels: isRoot ? [{ key: ROOT, value: new Date().toISOString() }] : [],
      });
      this.outcome = existed ? storeText.existed(digest) : storeText.committed(digest);
    } catch (error) {
      if (!(error instanceof EngineError && error.code === "failed-precondition")) throw error;
      throw new EngineError({
        code: error.code,
        message: `${error.message}. ${storeText.nothingLeft}`,
      });
    }
  }
}

async function fetchBlob(url: string): Promise<Blob> {
  const refused = (message: string) => new EngineError({ code: "read-failed", message });
  if (!URL.canParse(url, document.baseURI)) throw refused(storeText.noAddress);
  const answer = await fetch(new URL(url, document.baseURI)).catch(() => undefined);
  if (!answer) throw refused(storeText.refused);
  if (!answer.ok) throw refused(storeText.notFetched(answer.status));
  return answer.blob();
}

customElements.define("oci-lens-store-ingests", OciLensStoreIngests);
