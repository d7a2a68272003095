import { css } from "lit";

export const hexStyle = css`
  :host {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    container: hex / inline-size;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    padding: 5px 8px;
    border-bottom: 1px solid var(--line);
    background: var(--raised);
    font-size: 0.93em;
  }
  .bar form {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .bar label {
    color: var(--muted);
    white-space: nowrap;
  }
  .bar input {
    width: 8.5em;
    padding: 0.2em 0.55em;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--surface);
    font-family: var(--mono);
    font-size: 0.94em;
  }
  .bar form button {
    padding: 0.15em 0.7em;
    border-color: var(--line);
    font-weight: 400;
  }
  .problem {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
    padding: 6px 10px;
    background: var(--mismatch-soft);
    color: var(--mismatch);
    overflow-wrap: anywhere;
  }
  .lines {
    flex: 1;
    min-height: 0;
    overflow: auto;
    overflow-anchor: none;
    background: var(--surface);
    font-family: var(--mono);
    font-size: 12.5px;
    line-height: 19px;
    outline-offset: -2px;
  }
  .rows {
    position: relative;
    min-width: max-content;
    overflow: clip;
  }
  .row {
    position: absolute;
    inset: 0 0 auto;
    height: 19px;
    padding: 0 10px;
    white-space: nowrap;
    direction: ltr;
    contain: layout style;
  }
  .row span {
    white-space: pre;
  }
  .row.odd {
    background: var(--raised);
  }
  .row.sought {
    background: var(--chosen);
  }
  .offset {
    color: var(--muted);
    user-select: none;
  }
  .ascii {
    color: color-mix(in srgb, var(--hue-0) 80%, var(--ink));
  }
  .waiting {
    color: var(--muted);
  }
  @container hex (max-width: 360px) {
    .lines {
      font-size: 11px;
    }
    .row {
      padding: 0 6px;
    }
  }
`;
