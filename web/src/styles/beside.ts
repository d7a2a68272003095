import { css } from "lit";

/** The buttons that open an archive beside the one on display. */
export const besideStyle = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: 3px;
    min-width: 0;
  }
  :host([dragging]) {
    outline: 3px dashed var(--accent);
    outline-offset: 3px;
  }
  .buttons,
  .opening {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
  }
  .muted {
    font-size: 0.86em;
  }
  .opening,
  .mismatch {
    max-width: 36ch;
    overflow-wrap: anywhere;
  }
`;
