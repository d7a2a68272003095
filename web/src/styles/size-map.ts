import { css } from "lit";

export const sizeMapStyle = css`
  :host {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
  }
  .trail {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 34px;
    padding: 3px 14px;
    border-bottom: 1px solid var(--line);
    background: var(--raised);
  }
  .trail ol {
    display: flex;
    flex: 0 1 auto;
    min-width: 0;
    overflow-x: auto;
    scrollbar-width: none;
  }
  .trail li {
    display: flex;
    align-items: center;
    flex: 0 1 auto;
    min-width: 2em;
  }
  .trail li:first-child {
    flex: none;
    min-width: 0;
  }
  .trail li + li::before {
    content: "›";
    padding: 0 2px;
    color: var(--muted);
  }
  .trail bdi {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: pre;
  }
  .trail li > bdi {
    padding: 0.25em;
    font-weight: 650;
  }
  .trail li button {
    min-width: 0;
    color: var(--accent);
  }
  .trail > .muted {
    margin-left: auto;
    font-size: 0.93em;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .problem {
    padding: 7px 14px;
    background: var(--mismatch-soft);
    color: var(--mismatch);
  }
  .map {
    --hue: var(--line-strong);
    position: relative;
    flex: 1;
    min-height: 0;
    margin: 6px 8px 0;
    overflow: hidden;
    contain: strict;
  }
  .tile {
    position: absolute;
    display: flex;
    flex-direction: column;
    align-items: stretch;
    justify-content: flex-start;
    gap: 0;
    padding: 1px 4px 1px 5px;
    overflow: hidden;
    border: 1px solid var(--surface);
    border-radius: 4px;
    background: color-mix(in srgb, var(--hue) 22%, var(--surface));
    box-shadow: inset 3px 0 color-mix(in srgb, var(--hue) 80%, transparent);
    font-size: 0.86em;
    font-weight: 450;
    line-height: 17px;
    text-align: left;
    contain: strict;
  }
  .tile:hover {
    background: color-mix(in srgb, var(--hue) 36%, var(--surface));
  }
  .tile.frame {
    flex-direction: row;
    justify-content: space-between;
    gap: 6px;
    align-items: flex-start;
    border-color: var(--surface);
    background: color-mix(in srgb, var(--hue) 9%, var(--raised));
    box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--hue) 40%, var(--line));
  }
  .tile.frame:hover {
    background: color-mix(in srgb, var(--hue) 18%, var(--raised));
  }
  .tile.more {
    background: repeating-linear-gradient(135deg, var(--raised) 0 6px, var(--hover) 6px 12px);
    box-shadow: inset 0 0 0 1px var(--line);
    color: var(--muted);
  }
  .tile[aria-disabled] {
    cursor: default;
  }
  .tile.chosen {
    outline: 2px solid var(--accent);
    outline-offset: -2px;
  }
  .tile:focus-visible {
    z-index: 1;
    outline: 3px solid var(--accent);
    outline-offset: -2px;
  }
  .title {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: pre;
  }
  .dir .title {
    font-weight: 600;
  }
  .size {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--ink);
    font-variant-numeric: tabular-nums;
    opacity: 0.8;
  }
  .frame .size {
    flex: none;
    max-width: 50%;
  }
  .tile .number {
    align-self: flex-start;
    margin-top: 3px;
    background: var(--surface);
  }
  .told {
    min-height: 30px;
    padding: 5px 14px;
    overflow: hidden;
    color: var(--muted);
    font-size: 0.93em;
    font-variant-numeric: tabular-nums;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .none {
    position: absolute;
    inset: 40% 14px auto;
    color: var(--muted);
    text-align: center;
  }
  @media (forced-colors: active) {
    .tile {
      border-color: ButtonBorder;
    }
    .tile.chosen {
      outline-color: Highlight;
    }
  }
`;
