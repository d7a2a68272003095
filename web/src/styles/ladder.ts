import { css } from "lit";

/** Snapshots from the lowest layer up. */
export const ladderStyle = css`
  .ladder {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .ladder .swatch {
    display: inline-block;
    width: 10px;
    height: 10px;
    margin-inline-end: 8px;
    border-radius: 2px;
    background: var(--hue);
  }
  .ladder p {
    margin: 6px 0 0;
  }
  .platform input.limit {
    width: 5em;
  }
`;
