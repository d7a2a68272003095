import { css } from "lit";

export const tableStyle = css`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
    min-height: 0;
    min-width: 0;
    container: table / inline-size;
  }
  .grid {
    flex: 1;
    min-width: 0;
    min-height: 0;
    overflow: auto;
    overflow-anchor: none;
    outline-offset: -2px;
  }
  .head,
  .row {
    display: grid;
    grid-template-columns: var(--columns);
    align-items: center;
    column-gap: 12px;
    padding: 0 14px;
  }
  .head {
    position: sticky;
    top: 0;
    z-index: 1;
    height: 30px;
    border-bottom: 1px solid var(--line);
    background: var(--raised);
    color: var(--muted);
    font-size: 0.86em;
    font-weight: 600;
  }
  .rows {
    position: relative;
    overflow: clip;
    contain: strict;
  }
  .row {
    position: absolute;
    inset: 0 0 auto;
    height: var(--row);
    contain: layout style;
  }
  .row.odd {
    background: var(--raised);
  }
  .row:hover {
    background: var(--hover);
  }
  .row:focus-visible {
    outline-offset: -2px;
  }
  .row.leads {
    cursor: pointer;
  }
  .cell,
  .head > span {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    unicode-bidi: isolate;
  }
  .end {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  .none {
    position: absolute;
    inset: 56px 0 auto;
    padding: 0 16px;
    color: var(--muted);
    text-align: center;
  }
  .outcome {
    display: inline-flex;
    align-items: center;
    gap: 0.35em;
  }
  .gone {
    text-decoration: line-through;
  }
  .more {
    padding: 8px 14px;
    color: var(--muted);
  }
  @media print {
    :host,
    .grid {
      display: block;
      overflow: visible;
    }
    .head {
      position: static;
    }
    .rows {
      height: auto !important;
      contain: none;
      overflow: visible;
    }
    .row {
      position: static;
      height: auto;
      min-height: var(--row);
      contain: none;
      break-inside: avoid;
      transform: none !important;
    }
    .cell {
      overflow: visible;
      white-space: normal;
      overflow-wrap: anywhere;
    }
  }
  @container table (max-width: 620px) {
    .spare {
      display: none;
    }
    .head,
    .row {
      grid-template-columns: var(--columns-narrow);
    }
  }
`;
