import { css } from "lit";

/** The list of images. */
export const panels = css`
  .none {
    padding: 14px;
    color: var(--muted);
  }

  .images {
    padding: 6px;
  }
  .entry {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto auto;
    align-items: center;
    column-gap: 8px;
    width: 100%;
    padding: 5px 9px;
    border: 1px solid transparent;
    border-radius: var(--radius-small);
    background: none;
    text-align: left;
    font-weight: 400;
  }
  .entry .muted {
    font-size: 0.92em;
  }
  .entry .name {
    font-weight: 600;
  }
  .entry .second {
    grid-column: 1 / -1;
  }
  .entry.other {
    color: var(--muted);
  }
  .entry.absent .name {
    font-weight: 500;
    color: var(--muted);
  }
  .entry[aria-current="true"] {
    border-color: color-mix(in srgb, var(--accent) 40%, transparent);
    background: var(--chosen);
    box-shadow: inset 3px 0 0 var(--accent);
  }
  .d1 {
    padding-left: 16px;
  }
  .d2 {
    padding-left: 32px;
  }
  .d3 {
    padding-left: 48px;
  }
  .d4 {
    padding-left: 64px;
  }
  .d5 {
    padding-left: 80px;
  }
  .d6 {
    padding-left: 96px;
  }

  @media (forced-colors: active) {
    .entry {
      border-color: Canvas;
    }
    .entry[aria-current="true"] {
      border-color: Highlight;
    }
  }
`;
