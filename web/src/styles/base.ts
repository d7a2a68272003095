import { css } from "lit";

/** What every shadow root of the viewer starts from. */
export const base = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  button,
  input,
  select {
    font: inherit;
    color: inherit;
  }
  button {
    display: inline-flex;
    align-items: center;
    gap: 0.45em;
    padding: 0.4em 0.8em;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--surface);
    font-weight: 500;
    white-space: nowrap;
    cursor: pointer;
  }
  button:hover {
    background: var(--hover);
  }
  button:disabled {
    opacity: 0.55;
    cursor: default;
  }
  button.primary {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
  }
  button.primary:hover {
    border-color: var(--accent-strong);
    background: var(--accent-strong);
  }
  button.quiet {
    padding: 0.25em;
    border-color: transparent;
    background: none;
    color: var(--muted);
  }
  button.quiet:hover {
    background: var(--hover);
    color: var(--ink);
  }
  progress {
    appearance: none;
    width: 150px;
    height: 8px;
    border: 0;
    border-radius: 5px;
    background: var(--line);
    overflow: hidden;
  }
  progress::-webkit-progress-bar {
    background: var(--line);
  }
  progress::-webkit-progress-value {
    border-radius: 5px;
    background: var(--accent);
  }
  progress::-moz-progress-bar {
    background: var(--accent);
  }
  progress:indeterminate {
    background: linear-gradient(90deg, var(--line), var(--accent), var(--line)) 0 / 200% 100%;
    animation: slide 1.4s linear infinite;
  }
  progress:indeterminate::-webkit-progress-bar {
    background: none;
  }
  @keyframes slide {
    to {
      background-position: -200% 0;
    }
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  svg {
    flex: none;
    display: block;
    width: 1em;
    height: 1em;
  }
  code,
  .mono {
    font-family: var(--mono);
    font-size: 0.92em;
  }
  code,
  .mono,
  .clip,
  .name {
    unicode-bidi: isolate;
  }
  .muted {
    color: var(--muted);
  }
  .spoken {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .clip {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    min-width: 0;
  }

  [data-long]::before,
  [data-long]::after {
    content: "";
    display: block;
    height: var(--before);
  }
  [data-long]::after {
    height: var(--after);
  }
  [data-out] {
    position: absolute !important;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }

  .digest {
    display: inline-flex;
    align-items: center;
    min-width: 0;
    max-width: 100%;
  }
  .digest code {
    min-width: 0;
    white-space: nowrap;
    user-select: all;
  }
  .digest .head {
    display: inline-block;
    max-width: calc(100% - 8ch);
    overflow: hidden;
    text-overflow: ellipsis;
    vertical-align: bottom;
  }

  .status {
    display: inline-flex;
    align-items: center;
    gap: 0.35em;
    padding: 0.05em 0.55em 0.05em 0.4em;
    border-radius: 99px;
    font-size: 0.86em;
    font-weight: 500;
    line-height: 1.6;
    white-space: nowrap;
  }
  .verified {
    color: var(--verified);
  }
  .mismatch {
    color: var(--mismatch);
  }
  .missing {
    color: var(--missing);
  }
  .not-checked {
    color: var(--not-checked);
  }
  .status.verified {
    background: var(--verified-soft);
  }
  .status.mismatch {
    background: var(--mismatch-soft);
  }
  .status.missing {
    background: var(--missing-soft);
  }
  .status.not-checked {
    background: var(--not-checked-soft);
  }

  .change {
    white-space: nowrap;
  }
  .change.added {
    color: var(--verified);
  }
  .change.modified {
    color: var(--missing);
  }
  .change.removed {
    color: var(--mismatch);
  }
  .change.zero {
    color: var(--muted);
  }

  .h0 {
    --hue: var(--hue-0);
  }
  .h1 {
    --hue: var(--hue-1);
  }
  .h2 {
    --hue: var(--hue-2);
  }
  .h3 {
    --hue: var(--hue-3);
  }
  .h4 {
    --hue: var(--hue-4);
  }
  .h5 {
    --hue: var(--hue-5);
  }
  .h6 {
    --hue: var(--hue-6);
  }
  .h7 {
    --hue: var(--hue-7);
  }
  .number {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-width: 2.1em;
    padding: 0 0.45em;
    border: 1px solid color-mix(in srgb, var(--hue) 45%, transparent);
    border-left: 4px solid var(--hue);
    border-radius: 4px;
    background: color-mix(in srgb, var(--hue) 12%, transparent);
    font-size: 0.86em;
    font-variant-numeric: tabular-nums;
    line-height: 1.5;
  }

  @media (prefers-contrast: more) {
    .status {
      border: 1px solid;
    }
    .muted {
      color: var(--ink);
    }
  }
  @media (forced-colors: active) {
    .status,
    .number {
      border: 1px solid;
    }
    button[aria-pressed="true"],
    [aria-current="true"] {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
    button:disabled {
      color: GrayText;
      opacity: 1;
    }
    progress {
      border: 1px solid;
    }
    progress::-webkit-progress-value {
      background: Highlight;
      forced-color-adjust: none;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
`;
