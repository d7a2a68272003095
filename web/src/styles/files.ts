import { css } from "lit";

export const filesStyle = css`
  :host {
    position: relative;
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
    min-width: 0;
    container: files / inline-size;
  }

  .mark {
    font-family: var(--mono);
    font-weight: 700;
    color: var(--tone);
  }
  .mark:empty {
    display: none;
  }
  .added {
    --tone: var(--verified);
  }
  .modified {
    --tone: var(--missing);
  }
  .removed {
    --tone: var(--mismatch);
  }
  .unchanged {
    --tone: var(--muted);
  }

  .problem,
  .notice {
    padding: 7px 14px;
    overflow-wrap: anywhere;
  }
  .problem,
  .notice {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
  }
  .problem {
    background: var(--mismatch-soft);
    color: var(--mismatch);
  }
  .notice {
    background: var(--not-checked-soft);
    font-size: 0.93em;
  }
  .problem button,
  .notice button {
    min-height: 26px;
    padding: 0.1em 0.65em;
  }

  .stage {
    display: grid;
    flex: 1;
    min-height: 0;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    border-top: 1px solid var(--line);
  }
  .stage.side:has(.inspector) {
    grid-template: minmax(0, 1fr) / minmax(0, 1fr) 7px var(--share);
  }
  .stage.below:has(.inspector) {
    grid-template: minmax(0, 1fr) 7px var(--share) / minmax(0, 1fr);
  }
  .stage > .shown {
    position: relative;
    display: flex;
    flex-direction: column;
    flex-wrap: nowrap;
    align-items: stretch;
    min-width: 0;
    min-height: 0;
    container: shown / inline-size;
  }
  oci-lens-size-map {
    flex: 1;
  }
  .inspector {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    overflow: hidden;
    background: var(--surface);
  }
  .inspector-head {
    display: flex;
    flex: none;
    align-items: center;
    justify-content: space-between;
    min-height: 30px;
    padding: 1px 8px 1px 14px;
    border-bottom: 1px solid var(--line);
    background: var(--raised);
  }
  .caption {
    color: var(--muted);
    font-size: 0.86em;
    font-weight: 600;
  }
  .inspector > :last-child {
    flex: 1;
    min-height: 0;
    overflow: auto;
  }
  .over > .inspector {
    position: absolute;
    inset: 0;
    z-index: 2;
  }
  .over .inspector-head {
    min-height: 42px;
    padding: 3px 8px;
  }
  .back {
    padding: 0.5em 0.8em 0.5em 0.4em;
    color: var(--accent);
  }

  .grid {
    --change: ;
    --attributes: ;
    --info: ;
    --step: 16px;
    flex: 1;
    min-width: 0;
    overflow: auto;
    overflow-anchor: none;
    outline-offset: -2px;
  }
  .grid.with-changes {
    --change: 14px;
  }
  .grid.with-attributes {
    --attributes: 100px 92px 138px;
  }
  .grid.with-info {
    --info: 26px;
  }
  .head,
  .row {
    display: grid;
    grid-template-columns: var(--change) minmax(0, 1fr) 88px var(--attributes) 58px var(--info);
    align-items: center;
    column-gap: 12px;
    padding: 0 14px 0 8px;
  }
  .row > .change + .name,
  .head > .change + .name {
    margin-left: -12px;
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
  .head button {
    max-width: 100%;
    height: 24px;
    padding: 0 4px;
    margin: 0 -4px;
    gap: 1px;
    border: 0;
    background: none;
    font-weight: 600;
  }
  .head button:hover,
  .head [aria-sort] {
    color: var(--ink);
  }
  .head button:focus-visible {
    outline-offset: -2px;
  }
  .head .end button {
    flex-direction: row-reverse;
  }
  .head .name {
    padding-left: 22px;
  }
  /* What is seen where rows are missing: there is time for no more than a bar for each. */
  .rows {
    background: linear-gradient(#0000 34%, var(--line) 0 66%, #0000 0) 32px 0 / 20% var(--row)
      repeat-y;
  }
  .row {
    background: var(--surface);
    cursor: default;
  }
  .row.odd {
    background: var(--raised);
  }
  .row:hover {
    background: var(--hover);
  }
  .row.added,
  .row.modified,
  .row.removed {
    background: color-mix(in srgb, var(--tone) 6%, var(--surface));
  }
  .row:is(.added, .modified, .removed):hover {
    background: color-mix(in srgb, var(--tone) 13%, var(--surface));
  }
  .row[aria-selected="true"] {
    background: var(--chosen);
  }
  .row.highlighted {
    padding-left: 4px;
    border-left: 4px solid var(--accent);
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
  .head > * {
    padding: 0 4px;
    margin: 0 -4px;
  }
  .end {
    text-align: right;
  }
  .row .change {
    text-align: center;
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
  .label:has(+ .target) {
    flex: none;
    min-width: 0;
    max-width: 70%;
  }
  .flag {
    flex: none;
    margin-left: 0.5em;
    color: var(--accent);
  }
  .dir .label {
    font-weight: 550;
  }
  .row.removed .label {
    color: var(--muted);
    text-decoration: line-through;
  }
  mark {
    border-radius: 2px;
    background: color-mix(in srgb, var(--missing) 32%, var(--surface));
    color: var(--ink);
    text-decoration: inherit;
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
  .info button {
    padding: 6px;
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
  .none {
    margin: auto;
    padding: 14px;
    color: var(--muted);
    text-align: center;
  }
  .grid + .none {
    position: absolute;
    inset: 40% 14px auto;
    display: grid;
    justify-items: center;
    gap: 10px;
    padding: 0;
  }

  @container shown (max-width: 760px) {
    .grid.with-attributes {
      --attributes: 96px 84px;
    }
    .head > .modified,
    .row > .modified {
      display: none;
    }
  }
  @container shown (max-width: 560px) {
    .head,
    .row {
      grid-template-columns: var(--change) minmax(0, 1fr) 70px 40px var(--info);
      column-gap: 8px;
      padding-right: 6px;
    }
    .head > :is(.mode, .owner),
    .row > :is(.mode, .owner) {
      display: none;
    }
    .grid {
      --step: 11px;
    }
  }
  @media (forced-colors: active) {
    .row[aria-selected="true"] {
      outline: 1px solid Highlight;
      outline-offset: -1px;
    }
  }
`;
