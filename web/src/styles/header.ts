import { css } from "lit";

/** The header of an open archive, and the line about its verification. */
export const headerStyle = css`
  header {
    display: grid;
    grid-template-columns: auto fit-content(60%) minmax(0, 1fr) auto;
    align-items: center;
    gap: 4px 14px;
    padding: 10px 16px;
    background: var(--surface);
  }
  header h1 {
    font-size: 17px;
    font-weight: 660;
    letter-spacing: -0.005em;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    color: var(--muted);
  }
  .facts li {
    white-space: nowrap;
  }
  .facts li:not(:last-child)::after {
    content: "·";
    margin: 0 0.5em;
  }
  .actions {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .line {
    border-bottom: 1px solid var(--line);
    background: var(--surface);
  }
  .bar {
    display: flex;
    gap: 2px;
    height: 4px;
    background: var(--line);
  }
  .bar i {
    background: currentColor;
    transition: flex-grow 0.25s;
  }
  .bar i.not-checked {
    color: var(--line-strong);
    opacity: 0.45;
  }
  .groups {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 24px;
    min-height: 42px;
    padding: 5px 16px;
  }
  .group,
  .group ul {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 12px;
  }
  .group h2 {
    font-size: 1em;
    font-weight: 600;
  }
  .group li {
    display: inline-flex;
    align-items: center;
    gap: 0.35em;
    white-space: nowrap;
  }
  .group b {
    font-weight: 650;
    font-variant-numeric: tabular-nums;
  }
  .group .zero {
    color: var(--muted);
    font-weight: 400;
  }
  .group .zero b {
    font-weight: 400;
  }
  .group .zero svg {
    opacity: 0.6;
  }
  .scan {
    display: flex;
    flex: 1 1 0;
    min-width: min-content;
    align-items: center;
    justify-content: flex-end;
    gap: 10px;
    font-variant-numeric: tabular-nums;
  }
  .amount {
    white-space: nowrap;
  }
  .scan progress {
    flex: 1 1 40px;
    max-width: 150px;
    width: 40px;
    min-width: 40px;
  }
  .scan button {
    padding: 0.2em 0.8em;
  }

  @container viewer (max-width: 960px) {
    header {
      grid-template-columns: auto minmax(0, 1fr) auto;
    }
    .facts {
      grid-row: 2;
      grid-column: 1 / -1;
    }
  }

  @container viewer (max-width: 560px) {
    header {
      padding: 8px 12px;
    }
    .actions [data-action="folder"] {
      display: none;
    }
    .groups {
      padding: 6px 12px;
    }
    .group ul {
      gap: 2px 11px;
    }
    .group .zero {
      display: none;
    }
    .scan {
      justify-content: flex-start;
    }
    .scan progress {
      flex: 1;
    }
  }

  @media (forced-colors: active) {
    .bar {
      display: none;
    }
  }
`;
