import { css } from "lit";

/** The raw view and the blob that it shows. */
export const rawStyle = css`
  :host {
    min-height: 0;
    container: raw / inline-size;
  }
  :host(oci-lens-raw) {
    display: grid !important;
    grid-template-columns: minmax(190px, 26%) minmax(0, 1fr);
  }
  :host(oci-lens-blob) {
    display: flex;
    flex-direction: column;
    height: 100%;
  }
  .documents {
    min-height: 0;
    padding: 8px 0;
    border-right: 1px solid var(--line);
    overflow: auto;
  }
  .documents h2 {
    padding: 4px 14px 6px;
    font-size: 1em;
    font-weight: 650;
  }
  .documents button {
    justify-content: space-between;
    width: 100%;
    padding: 0.3em 14px;
    border-radius: 0;
    color: var(--ink);
    font-weight: 400;
  }
  .documents button[aria-current="true"] {
    background: var(--chosen);
    box-shadow: inset 3px 0 var(--accent);
  }
  .documents .muted {
    flex: none;
    font-size: 0.86em;
  }
  .d1 button {
    padding-left: 26px;
  }
  .d2 button {
    padding-left: 40px;
  }
  .d3 button {
    padding-left: 54px;
  }
  .d4 button {
    padding-left: 68px;
  }
  .d5 button,
  .d6 button {
    padding-left: 82px;
  }
  .content {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
  }
  oci-lens-blob,
  oci-lens-table,
  oci-lens-text-lines {
    flex: 1 1 0;
    min-height: 0;
  }
  oci-lens-table {
    border-top: 1px solid var(--line);
  }
  .bar {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    padding: 8px 14px;
  }
  .bar button {
    padding: 0.15em 0.7em;
  }
  .bar button[aria-pressed="true"] {
    border-color: var(--accent);
    background: var(--chosen);
  }
  .facts {
    flex: none;
    max-height: 40%;
    padding: 10px 14px;
    border-bottom: 1px solid var(--line);
    overflow: auto;
  }
  .facts .title {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 12px;
    padding-bottom: 4px;
  }
  .facts button:not(.quiet) {
    padding: 0.2em 0.7em;
  }
  .facts button.link {
    padding: 0;
    border: 0;
    background: none;
    color: var(--accent);
    font: 0.92em var(--mono);
    text-decoration: underline;
    text-underline-offset: 2px;
    white-space: normal;
    text-align: start;
    overflow-wrap: anywhere;
  }
  .none,
  p.mismatch {
    padding: 14px;
  }
  .none {
    color: var(--muted);
  }
  .statement {
    flex: none;
    max-height: 55%;
    padding: 4px 14px 8px;
    overflow: auto;
  }
  .statement h3 {
    margin-top: 8px;
    font-size: 1em;
    font-weight: 650;
  }
  .packages-head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 4px 12px;
  }
  .packages-head input {
    margin-left: auto;
    padding: 0.3em 0.6em;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--surface);
  }
  .parameters > div {
    display: grid;
    grid-template-columns: minmax(80px, 30%) minmax(0, 1fr);
    gap: 8px;
    overflow-wrap: anywhere;
  }
  .subjects li {
    padding-bottom: 3px;
    overflow-wrap: anywhere;
  }
  @container raw (max-width: 620px) {
    .facts .properties > div {
      grid-template-columns: minmax(0, 1fr);
      gap: 0;
    }
  }
  @container viewer (max-width: 700px) {
    :host(oci-lens-raw) {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: minmax(90px, 30%) minmax(0, 1fr);
    }
    .documents {
      border-right: 0;
      border-bottom: 1px solid var(--line);
    }
    .documents.aside {
      display: none;
    }
    .aside + .content {
      grid-row: 1 / -1;
    }
    :host(oci-lens-blob) {
      overflow: auto;
    }
    .facts,
    .statement {
      max-height: none;
    }
    :host(oci-lens-blob) oci-lens-table,
    :host(oci-lens-blob) oci-lens-text-lines {
      flex: 1 0 280px;
    }
  }
`;
