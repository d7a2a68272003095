import { css, html, LitElement, type TemplateResult } from "lit";
import { query } from "lit/decorators.js";

import { base } from "../../styles/base.js";
import { text } from "../../text.js";
import { sheetText } from "../../text/sheet.js";
import { KEYS } from "../files/key-help.js";
import { closeIcon } from "../icons.js";
import { iconButton } from "../parts.js";

/** All keys of the viewer, as a dialog. Dispatches `close` when it is closed. */
export class OciLensSheet extends LitElement {
  static override styles = [
    base,
    css`
      dialog {
        width: min(860px, calc(100vw - 32px));
        max-height: calc(100vh - 48px);
        padding: 0;
        border: 1px solid var(--line);
        border-radius: 14px;
        background: var(--surface);
        color: var(--ink);
        box-shadow: var(--shadow);
        overflow: auto;
      }
      dialog::backdrop {
        background: #0006;
      }
      .head {
        position: sticky;
        top: 0;
        display: flex;
        align-items: center;
        justify-content: space-between;
        padding: 12px 12px 10px 20px;
        border-bottom: 1px solid var(--line);
        background: var(--surface);
      }
      h2 {
        font-size: 1.15em;
        font-weight: 660;
      }
      .groups {
        columns: 2 300px;
        column-gap: 34px;
        padding: 8px 20px 20px;
      }
      section {
        break-inside: avoid;
        padding-top: 12px;
      }
      h3 {
        padding-bottom: 4px;
        font-size: 1em;
        font-weight: 650;
      }
      dl > div {
        display: grid;
        grid-template-columns: minmax(92px, auto) minmax(0, 1fr);
        gap: 12px;
        padding: 3px 0;
        border-top: 1px solid var(--line);
      }
      dt {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        align-items: center;
      }
      kbd {
        padding: 0 0.4em;
        border: 1px solid var(--line-strong);
        border-bottom-width: 2px;
        border-radius: 4px;
        background: var(--raised);
        font: 0.88em var(--mono);
      }
    `,
  ];

  @query("dialog") private dialog!: HTMLDialogElement;

  protected override firstUpdated(): void {
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    return html`<dialog
      aria-labelledby="title"
      @close=${() => this.dispatchEvent(new Event("close"))}
      @click=${(event: Event) => {
        if (event.target === this.dialog) this.dialog.close();
      }}
    >
      <div class="head">
        <h2 id="title">${text.sheet.title}</h2>
        ${iconButton(closeIcon, text.close, "close-sheet", () => {
          this.dialog.close();
        })}
      </div>
      <div class="groups">
        ${[...sheetText, { title: text.tabs.files, keys: KEYS }].map(
          ({ title, keys }) =>
            html`<section>
              <h3>${title}</h3>
              <dl>
                ${keys.map(
                  ([names, what]) =>
                    html`<div>
                      <dt>${names.map((name) => html`<kbd>${name}</kbd>`)}</dt>
                      <dd>${what}</dd>
                    </div>`,
                )}
              </dl>
            </section>`,
        )}
      </div>
    </dialog>`;
  }
}

customElements.define("oci-lens-sheet", OciLensSheet);
