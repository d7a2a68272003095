import { css } from "lit";

/** The store view and its parts. */
export const storeStyle = css`
  :host {
    min-height: 0;
  }
  :host(oci-lens-store) {
    display: flex !important;
    flex-direction: column;
  }
  :host(oci-lens-store-blob),
  :host(oci-lens-store-ingests),
  :host(oci-lens-store-garbage) {
    display: flex;
    flex: 1 1 0;
    flex-direction: column;
    gap: 14px;
    padding: 14px;
    overflow: auto;
  }
  div.head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 14px;
    padding: 10px 14px;
    border-bottom: 1px solid var(--line);
  }
  div.head .lead {
    flex: 1 1 26em;
  }
  .lead,
  .help {
    max-width: 75ch;
    color: var(--muted);
    font-size: 0.92em;
  }
  .parts {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .parts button[aria-pressed="true"] {
    border-color: var(--accent);
    background: var(--chosen);
  }
  form,
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 8px 10px;
  }
  /* Beside a field, not beside what is said below it. */
  form > button {
    align-self: start;
    margin-top: 1.55em;
  }
  .mismatch,
  .verified {
    overflow-wrap: anywhere;
  }
  .filter {
    padding: 8px 14px;
    border-bottom: 1px solid var(--line);
  }
  label.field {
    display: flex;
    flex: 1 1 16em;
    flex-direction: column;
    gap: 3px;
    min-width: 0;
    font-size: 0.92em;
  }
  label.check {
    display: flex;
    align-items: center;
    gap: 0.5em;
    flex: 1 1 100%;
  }
  input[type="text"],
  textarea {
    width: 100%;
    min-width: 0;
    padding: 0.4em 0.6em;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--ink);
    font: inherit;
  }
  textarea {
    min-height: 14em;
    font-family: var(--mono);
    font-size: 0.92em;
    resize: vertical;
  }
  oci-lens-table {
    flex: 1 1 0;
    min-height: 0;
  }
  section {
    display: flex;
    flex-direction: column;
    gap: 8px;
  }
  h2 {
    font-size: 1em;
    font-weight: 650;
  }
  .properties {
    display: grid;
    gap: 5px;
  }
  .properties > div {
    display: grid;
    grid-template-columns: minmax(7em, 10em) minmax(0, 1fr);
    gap: 10px;
  }
  .properties dt {
    color: var(--muted);
  }
  .items {
    display: grid;
    gap: 6px;
  }
  .items li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    padding: 6px 10px;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    min-width: 0;
  }
  .items code {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .items .push {
    margin-left: auto;
  }
  .danger {
    border-color: var(--mismatch);
    color: var(--mismatch);
  }
  .note {
    padding: 8px 14px;
    background: var(--missing-soft);
    color: var(--missing);
  }
  .none {
    padding: 14px;
    color: var(--muted);
  }
  @media (forced-colors: active) {
    .parts button[aria-pressed="true"] {
      outline: 2px solid;
    }
  }
`;
