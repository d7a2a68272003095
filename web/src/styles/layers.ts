import { css } from "lit";

/** The list of layers: who made each, what it weighs, what it did, and which are shown. */
export const layersStyle = css`
  .layer {
    padding: 9px 12px 9px 10px;
    border-left: 4px solid var(--hue);
  }
  .layer + .layer {
    border-top: 1px solid var(--line);
  }
  .layer .number {
    border-left-width: 1px;
  }
  .top {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    align-items: center;
    gap: 7px;
  }
  .command {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .twisty svg {
    width: 12px;
    height: 12px;
    transition: transform 0.12s;
  }
  .twisty.open svg {
    transform: rotate(90deg);
  }
  .sub {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 4px 14px;
    padding: 3px 0 0 27px;
  }
  .sub .digest {
    flex: 0 1 auto;
    color: var(--muted);
  }
  .sub .sizes {
    flex: none;
    font-size: 0.92em;
    font-variant-numeric: tabular-nums;
  }
  .sub.apart {
    justify-content: flex-start;
  }
  .layer > .findings {
    padding: 6px 0 0 27px;
  }
  .layer > .details {
    padding: 8px 0 0 27px;
  }

  .layer-all {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 10px;
    padding: 7px 12px;
    border-bottom: 1px solid var(--line);
  }
  .layer-all button {
    padding: 0.15em 0.7em;
  }
  .layer-all button[aria-pressed="true"] {
    border-color: var(--accent);
    background: var(--chosen);
  }
  .layer-all .muted {
    font-size: 0.92em;
  }
  .layer.shown {
    background: var(--chosen);
  }
  .pick {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 7px;
    min-width: 0;
    margin: -2px;
    padding: 2px;
    color: var(--ink);
    font-weight: 400;
    text-align: start;
  }
  .command b {
    font-weight: 650;
  }
  .layer-step {
    display: grid;
    grid-template-columns: 20px minmax(0, 1fr) auto;
    align-items: center;
    gap: 7px;
    padding: 4px 12px 4px 14px;
    border-top: 1px solid var(--line);
    background: var(--raised);
    font-size: 0.92em;
  }
  .step-mark {
    width: 9px;
    height: 9px;
    margin-left: 3px;
    border: 1.5px dashed var(--line-strong);
    border-radius: 50%;
  }
  .size-bar {
    position: relative;
    flex: 1 1 60px;
    max-width: 190px;
    height: 6px;
    border-radius: 3px;
    background: color-mix(in srgb, var(--line) 55%, transparent);
    overflow: hidden;
  }
  .size-bar i {
    position: absolute;
    inset: 0 auto 0 0;
    min-width: 1px;
    background: color-mix(in srgb, var(--hue) 42%, transparent);
  }
  .size-bar i.stored {
    background: var(--hue);
  }
  .changes {
    display: inline-flex;
    gap: 9px;
    font-size: 0.92em;
    font-variant-numeric: tabular-nums;
  }
  .layer-actions {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    padding-bottom: 6px;
  }
  .layer-actions button {
    padding: 0.2em 0.7em;
  }
  @container viewer (max-width: 560px) {
    .sub {
      flex-wrap: wrap;
    }
  }
  @media (forced-colors: active) {
    .layer.shown {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
    .size-bar {
      border: 1px solid;
    }
    .size-bar i {
      background: CanvasText;
    }
  }
`;
