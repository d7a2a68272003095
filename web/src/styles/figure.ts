import { css } from "lit";

/** The viewer around a figure: as high as that, on paper too. */
export const figureHostStyle = css`
  :host(:state(figure)) {
    min-height: 0;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
  }
  :host(:state(figure)) ::slotted([slot="caption"]) {
    margin-block: 0;
    border-top: 1px solid var(--line);
  }
  @media print {
    :host(:state(figure)) {
      border-color: #999;
      /* What is marked by colour keeps it. */
      print-color-adjust: exact;
    }
    :host(:state(figure)) .app {
      display: block;
      overflow: visible;
    }
  }
`;

/** A figure: a heading in one line, then its view. */
export const figureStyle = css`
  :host {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
  }
  .figure,
  .content {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
    min-width: 0;
  }
  .heading {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 2px 10px;
    padding: 7px 12px;
    border-bottom: 1px solid var(--line);
    font-size: 0.93em;
  }
  .heading b {
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .heading .path {
    overflow-wrap: anywhere;
  }
  .heading .state {
    margin-left: auto;
  }
  .heading progress {
    width: 80px;
  }
  .remark,
  .none {
    padding: 12px;
    color: var(--muted);
  }
  .opening {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    overflow-wrap: anywhere;
  }
  .failure {
    display: grid;
    gap: 4px;
    padding: 12px;
    border-left: 4px solid var(--mismatch);
    overflow-wrap: anywhere;
  }
  slot {
    display: block;
    padding: 0 12px;
  }
  oci-lens-keys,
  oci-lens-compare {
    display: block;
  }
  @media print {
    :host,
    .figure,
    .content {
      display: block;
    }
    .layer,
    .layer-step {
      break-inside: avoid;
    }
    .twisty,
    .copy {
      display: none !important;
    }
    .digest code,
    .digest .head,
    .command {
      display: inline;
      max-width: none;
      overflow: visible;
      white-space: normal;
      overflow-wrap: anywhere;
    }
  }
`;

/** The rows of a tree, all of them in the flow of the text. */
export const figureTreeStyle = css`
  :host {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
  }
  .shown {
    display: flex;
    flex-direction: column;
    min-height: 0;
    container: shown / inline-size;
  }
  .grid {
    flex: 0 1 auto;
    max-height: 560px;
  }
  .row {
    min-height: var(--row);
  }
  .remark {
    padding: 8px 12px;
    color: var(--muted);
    font-size: 0.93em;
  }
  @media print {
    :host,
    .shown {
      display: block;
    }
    .grid {
      max-height: none;
      overflow: visible;
    }
    .head {
      position: static;
    }
    .head svg,
    .twisty svg {
      display: none;
    }
    .row {
      break-inside: avoid;
      transform: none !important;
    }
    .row > *,
    .label,
    .target {
      overflow: visible;
      white-space: normal;
      overflow-wrap: anywhere;
    }
  }
`;
