import { css } from "lit";

export const pathStyle = css`
  :host {
    display: block;
    height: 100%;
    min-width: 0;
    min-height: 0;
    overflow: auto;
    overflow-anchor: none;
    container: path / size;
  }
  .inspector {
    min-height: 100%;
    display: flex;
    flex-direction: column;
  }
  .none {
    padding: 14px;
    color: var(--muted);
  }
  header {
    display: flex;
    flex-direction: column;
    gap: 9px;
    padding: 12px 14px 14px;
  }
  h2 {
    display: flex;
    align-items: flex-start;
    gap: 6px;
    font-size: 1em;
    font-weight: 600;
    line-height: 1.5;
    outline-offset: 3px;
  }
  h2 .copy,
  .hex .copy {
    flex: none;
  }
  .type {
    flex: none;
    padding-top: 0.22em;
    color: var(--muted);
  }
  .type.dir {
    color: var(--accent);
  }
  .type svg {
    width: 15px;
    height: 15px;
  }
  .whole {
    min-width: 0;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .exact {
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .hex {
    display: flex;
    align-items: flex-start;
    gap: 6px;
    font-size: 0.93em;
  }
  .hex code {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .hidden-note {
    padding: 8px 11px;
    border: 1px solid color-mix(in srgb, var(--missing) 40%, transparent);
    border-left: 4px solid var(--missing);
    border-radius: var(--radius-small);
    background: var(--missing-soft);
    overflow-wrap: anywhere;
  }
  .hidden-note strong {
    color: var(--missing);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .actions button,
  button.small {
    padding: 0.2em 0.65em;
    border-color: var(--line);
    font-size: 0.93em;
    font-weight: 500;
  }
  .actions svg {
    color: var(--muted);
  }
  .properties > div {
    display: grid;
    grid-template-columns: minmax(72px, 96px) minmax(0, 1fr);
    gap: 8px;
    padding: 2.5px 0;
  }
  .properties dt {
    color: var(--muted);
    overflow-wrap: anywhere;
  }
  .properties dd {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .figures {
    font-variant-numeric: tabular-nums;
  }
  .command-line {
    display: block;
    margin-top: 2px;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-family: var(--mono);
    font-size: 0.86em;
  }
  .xattr-name {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 4px;
  }
  .xattrs .value {
    max-height: 7em;
    overflow: auto;
    padding-bottom: 5px;
  }
  .xattrs .value bdi,
  .changes bdi {
    white-space: pre-wrap;
  }
  .chain {
    display: inline;
  }
  .chain li {
    display: inline;
  }
  .chain li + li::before {
    content: " → ";
    content: " → " / "";
    color: var(--muted);
  }
  .dangling {
    white-space: nowrap;
    font-weight: 500;
  }
  .chain + .dangling::before {
    content: " — ";
    content: " — " / "";
  }
  .paths summary {
    cursor: pointer;
    color: var(--muted);
  }
  .paths ul {
    max-height: 14em;
    overflow: auto;
    padding: 3px 0 0 16px;
  }
  .paths li {
    padding: 1px 0;
  }
  .aside {
    font-size: 0.93em;
  }
  .link {
    display: inline;
    padding: 0;
    border: 0;
    border-radius: 2px;
    background: none;
    color: var(--accent);
    font-family: var(--mono);
    font-size: 0.92em;
    font-weight: 400;
    text-align: start;
    text-decoration: underline;
    text-decoration-color: color-mix(in srgb, var(--accent) 45%, transparent);
    text-underline-offset: 2px;
    white-space: normal;
    overflow-wrap: anywhere;
    user-select: text;
  }
  .link bdi {
    white-space: pre-wrap;
  }
  .link:hover {
    background: none;
    color: var(--accent-strong);
    text-decoration-color: currentColor;
  }

  .section-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 10px;
    padding: 8px 14px;
    border-top: 1px solid var(--line);
    background: var(--raised);
  }
  .section-head h3 {
    font-size: 1em;
    font-weight: 650;
  }
  .section-head .muted {
    font-size: 0.93em;
  }
  .section-head .fill {
    margin-left: auto;
  }

  .story {
    padding: 10px 14px 4px;
  }
  .told > .aside {
    padding: 0 14px 10px 46px;
  }
  .step {
    position: relative;
    padding: 0 0 12px 0;
  }
  .step:not(:last-child)::before {
    content: "";
    position: absolute;
    left: 15px;
    top: 22px;
    bottom: -2px;
    width: 2px;
    background: var(--line);
  }
  .step-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 7px;
    min-height: 26px;
  }
  .step-head .number {
    min-width: 32px;
    background: color-mix(in srgb, var(--hue) 12%, var(--surface));
  }
  .step .event {
    font-weight: 600;
  }
  .step.hidden .event {
    color: var(--missing);
  }
  .step.implied .event,
  .step.rewritten .event {
    font-weight: 400;
  }
  .step-actions {
    display: inline-flex;
    align-items: center;
    gap: 2px;
    margin-left: auto;
  }
  button.small {
    padding: 0.05em 0.5em;
  }
  button.small[aria-pressed="true"] {
    border-color: color-mix(in srgb, var(--accent) 45%, transparent);
    background: var(--chosen);
  }
  .twisty svg {
    width: 12px;
    height: 12px;
    transition: transform 0.12s;
  }
  .twisty.open svg {
    transform: rotate(90deg);
  }
  .step > p,
  .changes,
  .version {
    margin-left: 41px;
  }
  .command {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 0.93em;
  }
  .by {
    overflow-wrap: anywhere;
  }
  .changes {
    padding-top: 2px;
    font-size: 0.93em;
  }
  .changes > div {
    display: flex;
    gap: 8px;
    padding: 1px 0;
  }
  .changes dt {
    flex: none;
    min-width: 62px;
    color: var(--muted);
  }
  .changes dd {
    min-width: 0;
    overflow-wrap: anywhere;
    font-variant-numeric: tabular-nums;
  }
  .changes .arrow {
    color: var(--muted);
  }
  .version:not([hidden]) {
    display: flex;
    flex-direction: column;
    gap: 8px;
    margin-top: 6px;
    padding: 7px 11px 10px;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--raised);
  }

  .contents {
    flex: 1 0 auto;
    display: flex;
    flex-direction: column;
    height: clamp(260px, 66cqh, 1000px);
  }
  .contents:has([compact]) {
    flex: none;
    height: auto;
  }
  .contents oci-lens-contents {
    flex: 1;
    min-height: 0;
    border-top: 1px solid var(--line);
  }
  .fills header > :not(h2),
  .fills .told,
  .fills oci-lens-checksum {
    display: none;
  }
  .fills header {
    padding-bottom: 9px;
  }
  .fills .whole {
    max-height: 3em;
    overflow: hidden;
  }
  .fills .contents.contents {
    flex: 1 1 0;
    height: 0;
    min-height: 200px;
  }
  .inspector.fills {
    height: 100%;
  }

  .loading {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 10px;
    font-size: 0.93em;
    overflow-wrap: anywhere;
  }
  .loading progress {
    width: 130px;
    height: 6px;
    accent-color: var(--accent);
  }
  .loading button {
    padding: 0.15em 0.7em;
    font-weight: 400;
    color: var(--ink);
  }
  .loading.problem {
    padding: 7px 10px;
    border-radius: var(--radius-small);
    background: var(--mismatch-soft);
    color: var(--mismatch);
  }

  @container path (min-width: 640px) {
    .properties > div {
      grid-template-columns: 120px minmax(0, 1fr);
    }
  }
  @media (forced-colors: active) {
    .hidden-note {
      border: 2px solid;
    }
    .step:not(:last-child)::before {
      background: CanvasText;
    }
    button.small[aria-pressed="true"] {
      outline: 2px solid Highlight;
    }
  }
`;
