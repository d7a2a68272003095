import { css } from "lit";

export const textLinesStyle = css`
  :host {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    container: text-lines / inline-size;
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
  .find {
    display: flex;
    align-items: center;
    flex: 1 1 auto;
    min-width: 0;
  }
  .find input {
    width: 13em;
    min-width: 5em;
    padding: 0.2em 0.55em;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--surface);
  }
  .find .count {
    padding: 0 6px;
    color: var(--muted);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .find .up svg {
    transform: rotate(-90deg);
  }
  .find .down svg {
    transform: rotate(90deg);
  }
  .bar button[aria-pressed] {
    padding: 0.15em 0.6em;
    border-color: var(--line);
    font-weight: 400;
  }
  .bar button[aria-pressed="true"] {
    border-color: color-mix(in srgb, var(--accent) 45%, transparent);
    background: var(--chosen);
  }
  .lines {
    position: relative;
    flex: 1;
    min-height: 0;
    overflow: auto;
    overflow-anchor: none;
    background: var(--surface);
    font-family: var(--mono);
    font-size: 12.5px;
    line-height: 19px;
    tab-size: 8;
    outline-offset: -2px;
  }
  .probe {
    position: absolute;
    visibility: hidden;
    white-space: pre;
  }
  .rows {
    position: relative;
    min-width: 100%;
    overflow: clip;
  }
  .row {
    position: absolute;
    inset: 0 0 auto;
    display: flex;
    height: 19px;
    direction: ltr;
    contain: layout style;
  }
  .row.current {
    background: var(--chosen);
  }
  .at {
    position: sticky;
    left: 0;
    z-index: 1;
    flex: none;
    padding: 0 10px 0 8px;
    border-right: 1px solid var(--line);
    background: var(--raised);
    color: var(--muted);
    font-size: 11.5px;
    text-align: right;
    font-variant-numeric: tabular-nums;
    user-select: none;
  }
  .code {
    flex: none;
    padding: 0 10px;
    white-space: pre;
    unicode-bidi: isolate;
  }
  .none {
    padding: 12px 14px;
    color: var(--muted);
    font-family: var(--font);
  }

  .t-comment {
    color: var(--muted);
    font-style: italic;
  }
  .t-key {
    color: color-mix(in srgb, var(--hue-5) 78%, var(--ink));
  }
  .t-string {
    color: color-mix(in srgb, var(--hue-4) 66%, var(--ink));
  }
  .t-number {
    color: color-mix(in srgb, var(--hue-1) 68%, var(--ink));
  }
  .t-literal,
  .t-keyword {
    color: color-mix(in srgb, var(--hue-7) 85%, var(--ink));
  }
  .t-name {
    color: color-mix(in srgb, var(--hue-0) 80%, var(--ink));
  }
  .t-variable {
    color: color-mix(in srgb, var(--hue-3) 85%, var(--ink));
  }
  .t-punctuation {
    color: var(--muted);
  }
  .stands {
    border-radius: 3px;
    background: var(--missing-soft);
    color: var(--missing);
    font-style: normal;
    outline: 1px solid color-mix(in srgb, var(--missing) 35%, transparent);
    outline-offset: -1px;
    unicode-bidi: isolate;
  }
  .match {
    background: color-mix(in srgb, var(--hue-1) 26%, transparent);
    color: var(--ink);
  }
  .match.now {
    background: var(--accent);
    color: var(--on-accent);
  }
  button.link {
    display: inline;
    padding: 0;
    border: 0;
    border-radius: 2px;
    background: none;
    color: var(--accent);
    font: inherit;
    text-decoration: underline;
    text-underline-offset: 2px;
    white-space: normal;
    user-select: text;
  }
  button.link:hover {
    color: var(--accent-strong);
  }
  @container text-lines (max-width: 400px) {
    .find input {
      width: 7.5em;
    }
  }
  @media (forced-colors: active) {
    .match {
      background: Mark;
      color: MarkText;
    }
    .match.now {
      outline: 2px solid Highlight;
    }
    .stands {
      border: 1px solid;
    }
  }
`;
