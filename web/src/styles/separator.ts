import { css } from "lit";

/** What divides list and details, which is fetched with the details. */
export const separatorStyle = css`
  .separator {
    position: relative;
    background: var(--raised);
    border: solid var(--line);
    border-width: 0 1px;
    cursor: col-resize;
    touch-action: none;
  }
  .below > .separator {
    border-width: 1px 0;
    cursor: row-resize;
  }
  .separator::after {
    content: "";
    position: absolute;
    inset: calc(50% - 12px) 1px;
    border-radius: 9px;
    background: var(--line-strong);
    opacity: 0.6;
  }
  .below > .separator::after {
    inset: 1px calc(50% - 12px);
  }
  .separator:hover,
  .separator:focus-visible {
    background: var(--chosen);
  }
  .separator:focus-visible {
    z-index: 1;
    outline-offset: 0;
  }
  @media (forced-colors: active) {
    .separator::after {
      background: ButtonText;
    }
  }
`;
