import { css } from "lit";

export const overviewStyle = css`
  :host {
    overflow: auto;
  }
  h2 {
    margin-top: 10px;
    font-size: 1.12em;
    font-weight: 660;
    overflow-wrap: anywhere;
  }
  .keep {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
  }
  .keep button {
    padding: 0.25em 0.75em;
  }
  .sums {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .sums span {
    padding: 0.35em 0.8em;
    border: 1px solid var(--line);
    border-radius: 99px;
    background: var(--raised);
    font-variant-numeric: tabular-nums;
  }
  .table {
    overflow-x: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 5px 10px 5px 0;
    border-top: 1px solid var(--line);
    text-align: start;
    white-space: nowrap;
  }
  thead th {
    border-top: 0;
    color: var(--muted);
    font-size: 0.86em;
    font-weight: 600;
  }
  tbody th {
    max-width: 420px;
    padding-left: calc(var(--depth, 0) * 16px);
    overflow: hidden;
    text-overflow: ellipsis;
    font-weight: 550;
  }
  tr.muted th {
    font-weight: 400;
  }
  tr[aria-current="true"] > * {
    background: var(--chosen);
  }
  .end {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .link {
    padding: 0;
    border: 0;
    background: none;
    color: var(--accent);
    font-weight: 550;
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .link:hover {
    background: none;
    color: var(--accent-strong);
  }
  .shares figcaption {
    margin-bottom: 6px;
    font-size: 0.92em;
  }
  .shares ol {
    display: flex;
    gap: 2px;
    height: 30px;
  }
  .shares li {
    min-width: 6px;
    flex-basis: 0;
    overflow: hidden;
  }
  .shares button {
    display: block;
    width: 100%;
    height: 100%;
    padding: 0;
    border: 0;
    border-radius: 4px;
    background: color-mix(in srgb, var(--hue) 28%, var(--surface));
    border-bottom: 4px solid var(--hue);
    font-size: 0.86em;
    overflow: hidden;
  }
  .shares button:hover {
    background: color-mix(in srgb, var(--hue) 44%, var(--surface));
  }
  .shares button:focus-visible {
    outline-offset: -2px;
  }
  .sheet .sheet {
    padding: 0;
  }
  @media (forced-colors: active) {
    .shares button {
      border: 1px solid;
    }
  }
`;
