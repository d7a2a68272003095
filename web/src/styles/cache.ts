import { css } from "lit";

/** The view of build caches. */
export const cacheStyle = css`
  :host {
    min-height: 0;
  }
  .cache {
    display: flex;
    flex-direction: column;
    height: 100%;
    overflow: auto;
  }
  header {
    display: flex;
    flex: none;
    flex-direction: column;
    gap: 4px;
    padding: 10px 14px;
  }
  .which select {
    max-width: 100%;
  }
  .counts[data-imported="false"] b {
    color: var(--missing);
  }
  .facts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(240px, 1fr));
    gap: 2px 18px;
  }
  .facts > div {
    display: grid;
    grid-template-columns: 70px minmax(0, 1fr);
    gap: 8px;
    align-items: baseline;
  }
  dt {
    color: var(--muted);
  }
  dd {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 8px;
    min-width: 0;
  }
  .facts dd {
    flex-wrap: nowrap;
    white-space: nowrap;
  }
  .warnings {
    max-height: 150px;
    padding-inline: 9px;
    overflow: auto;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
  }
  .lead {
    padding: 10px 14px;
  }
  .missing {
    color: var(--missing);
  }
  select,
  input {
    min-width: 0;
    padding: 0.35em 0.5em;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--ink);
  }
  .key {
    display: flex;
    flex: none;
    gap: 8px;
    padding: 0 14px 8px;
  }
  .key input {
    flex: 1;
  }
  .bar {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
    padding: 6px 14px;
  }
  .bar button[aria-pressed="true"] {
    border-color: var(--accent);
    background: var(--chosen);
  }
  .answer {
    position: relative;
    display: flex;
    flex-direction: column;
    gap: 4px;
    max-height: 320px;
    margin: 0 14px 8px;
    padding: 9px 12px;
    border-left: 4px solid var(--verified);
    border-radius: 4px;
    background: var(--raised);
    overflow: auto;
  }
  .answer[data-probe="false"] {
    border-color: var(--missing);
  }
  .answer > button {
    position: absolute;
    top: 4px;
    right: 4px;
  }
  .answer > p:first-of-type {
    padding-right: 30px;
  }
  oci-lens-table {
    flex: 1 1 200px;
    min-height: 160px;
    border-top: 1px solid var(--line);
  }
  .records {
    display: grid;
    flex: 1 0 320px;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1.15fr);
    min-height: 0;
    border-top: 1px solid var(--line);
  }
  .list {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    border-right: 1px solid var(--line);
  }
  .beside {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
    overflow: auto;
  }
  .graph {
    flex: none;
    margin: 0;
  }
  .canvas {
    scroll-padding: 14px;
    max-height: 300px;
    overflow: auto;
    background: var(--raised);
  }
  .canvas svg {
    display: block;
  }
  figcaption {
    padding: 4px 14px;
    font-size: 0.86em;
  }
  .edges path {
    fill: none;
    stroke: var(--line-strong);
    stroke-width: 1;
    opacity: 0.55;
  }
  .edges path.near {
    stroke: var(--accent);
    stroke-width: 2;
    opacity: 1;
  }
  .node {
    cursor: pointer;
  }
  .node rect {
    fill: var(--surface);
    stroke: var(--line-strong);
  }
  .node text {
    fill: var(--ink);
    font-size: 12px;
  }
  .node .digest {
    fill: var(--muted);
    font-family: var(--mono);
    font-size: 11px;
  }
  .node.is-usable rect {
    fill: var(--chosen);
    stroke: var(--accent);
  }
  .node.is-none rect {
    stroke-dasharray: 4 3;
  }
  .node.is-not-listed rect,
  .node.is-broken rect {
    stroke: var(--missing);
    stroke-width: 2;
    stroke-dasharray: 2 2;
  }
  .node[aria-pressed="true"] rect {
    stroke: var(--accent-strong);
    stroke-width: 3;
  }
  .node:focus-visible {
    outline: none;
  }
  .node:focus-visible rect {
    stroke: var(--ink);
    stroke-width: 3;
    stroke-dasharray: none;
  }
  .record {
    display: flex;
    flex-direction: column;
    gap: 5px;
    padding: 8px 14px 14px;
  }
  h2,
  h3 {
    font-size: 1em;
    font-weight: 650;
  }
  h3 {
    padding-top: 6px;
    font-weight: 600;
  }
  .inputs > div {
    display: grid;
    grid-template-columns: 70px minmax(0, 1fr);
    gap: 8px;
  }
  .go {
    padding: 0.1em 0.4em;
    font-size: 0.92em;
  }
  .outcome {
    padding: 0 0.5em;
    border: 1px solid var(--line-strong);
    border-radius: 1em;
    font-size: 0.86em;
    font-weight: 500;
    white-space: nowrap;
  }
  .outcome.is-usable {
    border-color: var(--accent);
    background: var(--chosen);
  }
  .outcome.is-none {
    border-style: dashed;
    color: var(--muted);
  }
  .outcome.is-not-listed,
  .outcome.is-broken {
    border-color: var(--missing);
    color: var(--missing);
  }
  .chain {
    max-height: 220px;
    overflow: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 3px 12px 3px 0;
    border-top: 1px solid var(--line);
    text-align: start;
    white-space: nowrap;
  }
  td:nth-child(2) {
    max-width: 0;
    width: 40%;
  }
  th {
    border-top: 0;
    color: var(--muted);
    font-size: 0.86em;
    font-weight: 600;
  }
  .end {
    text-align: end;
  }
  @container viewer (max-width: 760px) {
    .records {
      display: flex;
      flex: none;
      flex-direction: column;
    }
    .list {
      border-right: 0;
    }
    .list oci-lens-table {
      flex: none;
      height: 300px;
    }
    .beside {
      overflow: visible;
    }
  }
  @media (forced-colors: active) {
    .node rect {
      fill: Canvas;
      stroke: CanvasText;
    }
    .node text,
    .node .digest {
      fill: CanvasText;
    }
    .node[aria-pressed="true"] rect,
    .node:focus-visible rect {
      stroke: Highlight;
    }
    .edges path {
      stroke: CanvasText;
    }
  }
`;
