import { css } from "lit";

/** The tabs over the panels, and their badges. */
export const tabsStyle = css`
  .tabs {
    display: flex;
    flex: none;
    gap: 1px;
    padding: 0 4px;
    border-bottom: 1px solid var(--line);
    background: var(--raised);
    overflow-x: auto;
    scrollbar-width: none;
  }
  .tabs button {
    padding: 0.75em 0.62em 0.6em;
    border: 0;
    border-bottom: 3px solid transparent;
    border-radius: 0;
    background: none;
    color: var(--muted);
    font-weight: 550;
  }
  .tabs button:hover {
    color: var(--ink);
  }
  .tabs button[aria-selected="true"] {
    border-color: var(--accent);
    color: var(--ink);
  }
  .tabs button:focus-visible {
    outline-offset: -3px;
  }
  .badge {
    padding: 0 0.5em;
    border-radius: 99px;
    background: var(--not-checked-soft);
    color: var(--not-checked);
    font-size: 0.86em;
    font-variant-numeric: tabular-nums;
  }
  .badge.error {
    background: var(--mismatch-soft);
    color: var(--mismatch);
  }
  .badge.warning {
    background: var(--missing-soft);
    color: var(--missing);
  }

  @media (forced-colors: active) {
    .tabs button {
      border-color: Canvas;
    }
    .tabs button[aria-selected="true"] {
      border-color: Highlight;
    }
  }
`;
