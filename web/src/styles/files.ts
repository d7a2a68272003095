import { css } from "lit";

export const filesStyle = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    min-width: 0;
    container: files / inline-size;
  }
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 14px;
    padding: 9px 14px;
  }
  .toolbar h2 {
    font-size: 1em;
    font-weight: 650;
  }
  .depth {
    display: flex;
    align-items: center;
    gap: 4px;
    margin-left: auto;
  }
  .depth .muted {
    margin-right: 4px;
  }
  .depth button {
    padding: 0.1em 0.65em;
    border-color: var(--line);
    font-variant-numeric: tabular-nums;
  }
  .problem {
    padding: 8px 14px;
    background: var(--mismatch-soft);
    color: var(--mismatch);
  }
  .grid {
    flex: 1;
    min-width: 0;
    overflow: auto;
    overflow-anchor: none;
    border-block: 1px solid var(--line);
    outline-offset: -2px;
  }
  .head,
  .row {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 88px 100px 92px 58px 138px;
    align-items: center;
    column-gap: 12px;
    padding: 0 14px 0 8px;
  }
  .head {
    position: sticky;
    top: 0;
    z-index: 1;
    height: 30px;
    border-bottom: 1px solid var(--line);
    background: var(--raised);
    color: var(--muted);
    font-size: 0.86em;
    font-weight: 600;
  }
  .head :first-child {
    padding-left: 22px;
  }
  .rows {
    position: relative;
    overflow: clip;
    contain: strict;
  }
  .row {
    position: absolute;
    inset: 0 0 auto;
    height: var(--row);
    cursor: default;
    contain: layout style;
  }
  .row.odd {
    background: var(--raised);
  }
  .row:hover {
    background: var(--hover);
  }
  .row[aria-selected="true"] {
    background: var(--chosen);
  }
  .row:focus-visible {
    outline-offset: -2px;
  }
  .row > *,
  .head > * {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: pre;
  }
  .end {
    text-align: right;
  }
  .row .size,
  .row .owner,
  .row .modified {
    font-variant-numeric: tabular-nums;
    color: var(--muted);
  }
  .row.file .size {
    color: var(--ink);
  }
  .row .mode {
    font-family: var(--mono);
    font-size: 0.9em;
    color: var(--muted);
  }
  .row .name {
    display: flex;
    align-items: center;
    padding-left: calc(var(--level, 0) * 16px);
  }
  .twisty {
    flex: none;
    display: grid;
    place-items: center;
    width: 20px;
    height: var(--row);
    color: var(--muted);
    white-space: normal;
  }
  .twisty svg {
    width: 12px;
    height: 12px;
    transition: transform 0.12s;
  }
  .twisty.open svg {
    transform: rotate(90deg);
  }
  .type {
    flex: none;
    white-space: normal;
    margin-right: 7px;
    color: var(--muted);
  }
  .dir .type {
    color: var(--accent);
  }
  .dir .type path {
    fill: currentColor;
    fill-opacity: 0.18;
  }
  .type svg {
    width: 15px;
    height: 15px;
  }
  .label {
    flex: 0 1 auto;
    min-width: 3ch;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .label:not(:last-child) {
    flex: none;
    min-width: 0;
    max-width: 70%;
  }
  .dir .label {
    font-weight: 550;
  }
  .target {
    flex: 0 1 auto;
    min-width: 2ch;
    overflow: hidden;
    text-overflow: ellipsis;
    margin-left: 0.7em;
    white-space: nowrap;
    color: var(--muted);
    font-size: 0.93em;
  }
  .exact {
    white-space: pre;
  }
  .target [aria-hidden] {
    margin-right: 0.5em;
  }
  .waiting i {
    display: block;
    width: 32%;
    height: 9px;
    margin-left: 24px;
    border-radius: 5px;
    background: var(--line);
    animation: pulse 1.1s ease-in-out infinite alternate;
  }
  @keyframes pulse {
    from {
      opacity: 0.45;
    }
  }
  .details {
    min-height: 52px;
    padding: 6px 14px;
    font-size: 0.93em;
    overflow-wrap: anywhere;
  }
  .details .path {
    display: flex;
    align-items: center;
    gap: 4px;
  }
  .details .path code {
    max-height: 4.6em;
    overflow: auto;
    white-space: pre-wrap;
  }
  .stage {
    position: relative;
    flex: 1;
    min-height: 0;
    display: flex;
  }
  .none {
    position: absolute;
    inset: 40% 14px auto;
    color: var(--muted);
    text-align: center;
  }

  @container files (max-width: 760px) {
    .head,
    .row {
      grid-template-columns: minmax(0, 1fr) 84px 96px 84px 52px;
    }
    .modified {
      display: none;
    }
  }
  @container files (max-width: 560px) {
    .head,
    .row {
      grid-template-columns: minmax(0, 1fr) 80px 50px;
      column-gap: 8px;
    }
    .mode,
    .owner {
      display: none;
    }
    .row .name {
      padding-left: calc(var(--level, 0) * 11px);
    }
  }
  @media (forced-colors: active) {
    .row[aria-selected="true"] {
      outline: 1px solid Highlight;
      outline-offset: -1px;
    }
  }
`;
