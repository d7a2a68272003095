import { css } from "lit";

/** A word beside a name that says what kind of thing it is. */
export const tagStyle = css`
  .tag {
    padding: 0 0.5em;
    border: 1px solid var(--line-strong);
    border-radius: 99px;
    color: var(--muted);
    font-size: 0.84em;
    font-weight: 500;
  }
`;
