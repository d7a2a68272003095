import { css } from "lit";

/** Views that are a long table with something above it. */
export const listViewStyle = css`
  :host {
    display: flex !important;
    flex-direction: column;
    min-height: 0;
    overflow: auto;
  }
  .lead,
  .title,
  .scores,
  .waste-layers {
    flex: none;
  }
  oci-lens-table {
    flex: 1 0 240px;
    min-height: 160px;
    border-top: 1px solid var(--line);
  }
  .lead {
    padding: 10px 14px;
  }
  .none {
    padding: 24px 18px;
    color: var(--muted);
  }
  .title {
    padding: 10px 14px 6px;
    font-size: 1em;
    font-weight: 650;
  }
  .title .muted {
    font-weight: 400;
  }
  .scores {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(210px, 1fr));
    gap: 10px;
    padding: 12px 14px 4px;
  }
  .score {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: 4px;
    padding: 10px 14px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--raised);
  }
  .score h2 {
    color: var(--muted);
    font-size: 0.92em;
    font-weight: 600;
  }
  .big {
    font-size: 1.7em;
    font-weight: 660;
    font-variant-numeric: tabular-nums;
    line-height: 1.2;
  }
  .score .help {
    font-size: 0.86em;
  }
  .score button {
    padding: 0.2em 0.7em;
  }
  meter {
    width: 100%;
    height: 10px;
  }
  .waste-layers {
    max-height: max(30%, 130px);
    overflow: auto;
    padding: 0 14px 8px;
  }
  .waste-layers li {
    display: grid;
    grid-template-columns: 46px minmax(60px, 1fr) minmax(0, 2fr);
    align-items: center;
    gap: 12px;
    padding: 3px 0;
  }
  .track {
    height: 8px;
    border-radius: 4px;
    background: color-mix(in srgb, var(--hue) 22%, transparent);
    overflow: hidden;
  }
  .track i {
    display: block;
    height: 100%;
    background: var(--mismatch);
  }
  .missing {
    color: var(--missing);
  }
  @media (forced-colors: active) {
    .track,
    .score {
      border: 1px solid;
    }
    .track i {
      background: CanvasText;
    }
  }
`;
