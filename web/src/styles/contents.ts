import { css } from "lit";

/** How loading, and a choice among ways to show a file, look. */
export const contentsStyle = css`
  :host {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    container: contents / inline-size;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
    padding: 5px 8px;
    border-bottom: 1px solid var(--line);
    min-height: 36px;
  }
  .bar .what {
    flex: 1 1 12em;
    min-width: 0;
    color: var(--muted);
    font-size: 0.93em;
    overflow-wrap: anywhere;
  }
  .ways {
    display: inline-flex;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    overflow: hidden;
  }
  .ways button {
    padding: 0.15em 0.75em;
    border: 0;
    border-radius: 0;
    font-weight: 500;
    outline-offset: -3px;
  }
  .ways button + button {
    border-left: 1px solid var(--line);
  }
  .ways button[aria-selected="true"] {
    background: var(--chosen);
    box-shadow: inset 0 -2px 0 var(--accent);
  }
  .body {
    flex: 1;
    display: flex;
    flex-direction: column;
    min-height: 0;
    outline-offset: -2px;
  }
  .body > * {
    flex: 1;
  }
  .body > .loading,
  .body > .foot {
    flex: none;
  }
  .ask {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: 8px;
    padding: 14px;
    color: var(--muted);
  }
  .ask button {
    color: var(--ink);
  }
  .loading,
  .foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
    padding: 7px 10px;
    font-size: 0.93em;
    overflow-wrap: anywhere;
  }
  .foot {
    border-top: 1px solid var(--line);
    background: var(--raised);
    color: var(--muted);
  }
  .foot form {
    display: flex;
    align-items: center;
    gap: 6px;
    margin-left: auto;
  }
  .foot input {
    width: 5em;
    padding: 0.1em 0.4em;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--ink);
  }
  .foot button,
  .loading button {
    padding: 0.15em 0.7em;
    border-color: var(--line-strong);
    color: var(--ink);
    font-weight: 400;
  }
  .loading progress {
    width: 130px;
    height: 6px;
    flex: 0 1 auto;
    accent-color: var(--accent);
  }
  .loading .count {
    font-variant-numeric: tabular-nums;
  }
  .loading.problem {
    background: var(--mismatch-soft);
    color: var(--mismatch);
  }
  .stage {
    min-height: 0;
    display: grid;
    place-items: center;
    overflow: auto;
    padding: 14px;
    background: repeating-conic-gradient(
        color-mix(in srgb, var(--muted) 18%, var(--surface)) 0% 25%,
        var(--surface) 0% 50%
      )
      0 0 / 18px 18px;
    outline-offset: -2px;
  }
  .stage img {
    display: block;
    max-width: 100%;
    max-height: 100%;
    min-width: 0;
    min-height: 0;
    object-fit: contain;
  }
  .stage img.small {
    width: min(192px, 100%);
    image-rendering: pixelated;
  }
`;
