import { css } from "lit";

export const checksumStyle = css`
  :host {
    display: block;
    padding: 12px 14px 14px;
    border-top: 1px solid var(--line);
  }
  .section-head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 4px 9px;
  }
  h3 {
    font-size: 1em;
    font-weight: 600;
  }
  p {
    margin-top: 6px;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 9px;
    margin-top: 8px;
  }
  .actions button {
    padding: 0.2em 0.65em;
    border-color: var(--line);
    font-size: 0.93em;
    font-weight: 500;
  }
  details {
    margin-top: 8px;
  }
  summary {
    cursor: pointer;
  }
  .options label {
    display: grid;
    gap: 3px;
    margin-top: 8px;
  }
  .options label.check {
    display: flex;
    align-items: baseline;
    gap: 6px;
  }
  textarea {
    width: 100%;
    min-height: 2.6em;
    padding: 4px 6px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: transparent;
    color: inherit;
    font: inherit;
    font-family: var(--mono);
    resize: vertical;
  }
  dl > div {
    display: grid;
    grid-template-columns: minmax(72px, 96px) minmax(0, 1fr);
    gap: 9px;
    margin-top: 6px;
  }
  dt {
    color: var(--muted);
  }
  dd {
    min-width: 0;
    margin: 0;
    overflow-wrap: anywhere;
  }
  code {
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .table {
    margin-top: 6px;
    overflow: auto;
    max-height: 24em;
  }
  table {
    border-collapse: collapse;
    font-size: 0.93em;
  }
  th,
  td {
    padding: 2px 12px 2px 0;
    text-align: start;
    vertical-align: top;
  }
  td code {
    white-space: pre;
  }
  .loading {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 9px;
    margin-top: 8px;
  }
  .problem {
    color: var(--mismatch);
  }
`;
