import { css } from "lit";

/** The viewer while it is printed: the report alone, on white. */
export const printedStyle = css`
  oci-lens-print {
    display: none;
  }
  @media print {
    :host {
      display: block !important;
      height: auto !important;
      min-height: 0 !important;
      color-scheme: light !important;
      background: #fff !important;
      overflow: visible !important;
    }
    .app.printed,
    .toast,
    .overlay {
      display: none !important;
    }
    oci-lens-print {
      display: block;
    }
  }
`;
