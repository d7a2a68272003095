import { css } from "lit";

/** Rows of a `VirtualList`, in an element as high as all of them. */
export const listStyle = css`
  .rows {
    position: relative;
    overflow: clip;
    contain: strict;
  }
  .rows > * {
    position: absolute;
    inset: 0 0 auto;
    height: var(--row);
    contain: layout style;
  }
`;
