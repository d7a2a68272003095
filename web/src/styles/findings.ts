import { css } from "lit";

/** Findings, wherever they are listed. */
export const findingsStyle = css`
  .finding {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 8px;
    padding: 7px 0;
    overflow-wrap: anywhere;
  }
  .finding > svg {
    margin-top: 0.2em;
    color: var(--muted);
  }
  .finding.error > svg {
    color: var(--mismatch);
  }
  .finding.warning > svg {
    color: var(--missing);
  }
  .finding .place {
    font-weight: 600;
  }
  .finding p:not(.where, .mono)::first-letter {
    text-transform: uppercase;
  }
  .finding .where {
    font-size: 0.9em;
  }
  .findings-panel > .findings {
    max-width: 900px;
    padding: 8px 18px 28px;
  }
  .findings-panel > .findings > .finding + .finding {
    border-top: 1px solid var(--line);
  }
  .pair {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0 10px;
    margin: 2px 0;
  }
  .pair dt {
    color: var(--muted);
  }
`;
