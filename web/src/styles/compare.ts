import { css } from "lit";

export const compareStyle = css`
  :host {
    min-height: 0;
    container: compare / inline-size;
  }
  .compare {
    display: flex;
    flex-direction: column;
    gap: 10px;
    height: 100%;
    padding-top: 12px;
    overflow: auto;
  }
  .compare.dropping {
    outline: 3px dashed var(--accent);
    outline-offset: -6px;
  }
  .sides {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) auto;
    gap: 14px;
    padding: 0 14px;
  }
  .side {
    display: flex;
    flex-direction: column;
    gap: 3px;
    min-width: 0;
  }
  .side .muted {
    font-size: 0.86em;
  }
  .side b {
    padding: 0.35em 0;
    font-weight: 600;
  }
  select {
    width: 100%;
    padding: 0.35em 0.5em;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--surface);
  }
  .work {
    display: flex;
    align-items: center;
    gap: 10px;
    padding: 0 14px;
  }
  .none,
  .compare > .mismatch {
    padding: 10px 14px;
  }
  .none {
    color: var(--muted);
  }
  .results {
    flex: none;
    display: flex;
    flex-direction: column;
    gap: 14px;
    padding: 0 14px;
  }
  .verdict {
    padding: 9px 12px;
    border-left: 4px solid var(--missing);
    border-radius: 4px;
    background: var(--missing-soft);
  }
  .verdict[data-same="true"] {
    border-color: var(--verified);
    background: var(--verified-soft);
  }
  h2 {
    padding-bottom: 4px;
    font-size: 1em;
    font-weight: 650;
  }
  .reasons {
    padding-left: 18px;
    list-style: disc;
  }
  .reasons dl {
    padding: 2px 0 6px;
  }
  .reasons dl > div {
    display: grid;
    grid-template-columns: minmax(60px, 130px) minmax(0, 1fr);
    gap: 8px;
  }
  .table {
    max-height: 320px;
    overflow: auto;
  }
  table {
    border-collapse: collapse;
  }
  th,
  td {
    padding: 3px 18px 3px 0;
    border-top: 1px solid var(--line);
    text-align: start;
    white-space: nowrap;
  }
  th {
    border-top: 0;
    color: var(--muted);
    font-size: 0.86em;
    font-weight: 600;
  }
  .values {
    max-height: 320px;
    overflow: auto;
  }
  .values > div {
    display: grid;
    grid-template-columns: minmax(110px, 26%) minmax(0, 1fr);
    gap: 10px;
    padding: 5px 0;
    border-top: 1px solid var(--line);
    overflow-wrap: anywhere;
  }
  .values dd {
    display: flex;
    flex-direction: column;
    gap: 2px;
  }
  .values code {
    padding: 1px 6px;
    border-left: 3px solid;
    border-radius: 3px;
    white-space: pre-wrap;
  }
  .before::before {
    content: "− ";
  }
  .after::before {
    content: "+ ";
  }
  .before {
    border-color: var(--mismatch) !important;
    background: var(--mismatch-soft);
  }
  .after {
    border-color: var(--verified) !important;
    background: var(--verified-soft);
  }
  section button {
    padding: 0.2em 0.7em;
  }
  oci-lens-table {
    flex: 1 0 320px;
    border-top: 1px solid var(--line);
  }
  .figure {
    height: auto;
    overflow: visible;
  }
  .figure > .sides {
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
  }
  .figure .clip {
    white-space: normal;
    overflow-wrap: anywhere;
  }
  .figure > oci-lens-table {
    flex: none;
    min-height: 90px;
    max-height: 320px;
  }
  @media print {
    .table,
    .values,
    .figure > oci-lens-table {
      max-height: none;
      overflow: visible;
    }
    .figure {
      display: block;
    }
    section {
      margin-bottom: 12px;
    }
    .values > div,
    tr {
      break-inside: avoid;
    }
  }
  @container compare (max-width: 620px) {
    .figure > .sides {
      grid-template-columns: minmax(0, 1fr);
    }
    .sides {
      grid-template-columns: minmax(0, 1fr);
    }
    .values > div {
      grid-template-columns: minmax(0, 1fr);
      gap: 2px;
    }
  }
`;

export const checksumDifferenceStyle = css`
  form {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 6px 9px;
    margin: 6px 0;
  }
  input {
    padding: 0.2em 0.5em;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: transparent;
    color: inherit;
    font-size: inherit;
  }
  dd {
    margin: 0;
  }
  code,
  bdi {
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .verified {
    color: var(--verified);
  }
  .mismatch {
    color: var(--mismatch);
  }
`;
