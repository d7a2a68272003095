import { css } from "lit";

/** The frame: empty state, notices, header, verification line, columns. */
export const layout = css`
  :host {
    position: relative;
    display: block;
    min-height: 320px;
    overflow: hidden;
    background: var(--page);
    color: var(--ink);
    font: 14px/1.45 var(--font);
    -webkit-text-size-adjust: 100%;
    container: viewer / inline-size;
  }
  .app {
    height: 100%;
    min-height: inherit;
    display: flex;
    flex-direction: column;
    overflow: auto;
  }
  .app[data-state="open"] {
    overflow: hidden;
  }

  .s0,
  .s1,
  .s2,
  .s3 {
    stroke: var(--surface);
    stroke-width: 1.5;
    stroke-linejoin: round;
  }
  .s0 {
    fill: var(--hue-0);
  }
  .s1 {
    fill: var(--hue-1);
  }
  .s2 {
    fill: var(--hue-2);
  }
  .s3 {
    fill: var(--hue-3);
  }
  .glass {
    fill: color-mix(in srgb, var(--surface) 82%, transparent);
    stroke: var(--ink);
    stroke-width: 2;
  }
  .handle {
    stroke: var(--ink);
    stroke-width: 3;
    stroke-linecap: round;
  }
  .logo {
    width: 30px;
    height: 30px;
  }

  /* Nothing open */
  .empty {
    flex: 1 0 auto;
    display: flex;
    flex-direction: column;
    justify-content: center;
    gap: 30px;
    width: min(1060px, 100%);
    margin: 0 auto;
    padding: clamp(16px, 4cqi, 44px);
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-bottom: -14px;
    font-size: 16px;
    font-weight: 650;
    letter-spacing: -0.01em;
  }
  .zone {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 12px;
    padding: clamp(24px, 5cqi, 52px) 20px;
    border: 2px dashed var(--line-strong);
    border-radius: 18px;
    background: var(--surface);
    box-shadow: var(--shadow);
    text-align: center;
  }
  .picture {
    width: 208px;
    height: auto;
    margin-bottom: 6px;
  }
  .picture .glass {
    stroke-width: 4;
  }
  .picture .handle {
    stroke-width: 8;
  }
  .picture .seen {
    stroke: var(--line-strong);
    stroke-width: 3;
    stroke-linecap: round;
  }
  .picture .mark {
    stroke: var(--verified);
    stroke-width: 5;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .zone h1 {
    font-size: clamp(22px, 3.4cqi, 31px);
    font-weight: 680;
    letter-spacing: -0.015em;
    line-height: 1.2;
  }
  .lead {
    max-width: 56ch;
    color: var(--muted);
    font-size: 16px;
  }
  .lead strong {
    display: block;
    color: var(--ink);
    font-weight: 600;
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 10px;
    margin-top: 10px;
  }
  .choices button {
    padding: 0.6em 1.15em;
    font-size: 15px;
  }
  .below {
    display: grid;
    grid-template-columns: minmax(0, 1.5fr) minmax(0, 1fr);
    gap: 36px;
  }
  .below h2,
  .makers h2 {
    font-size: 14px;
    font-weight: 650;
  }
  .makers h2 {
    margin-bottom: 8px;
  }
  .commands > div {
    display: grid;
    grid-template-columns: 74px minmax(0, 1fr);
    align-items: center;
    padding: 3px 0;
    border-top: 1px solid var(--line);
  }
  .commands dt {
    color: var(--muted);
  }
  .commands dd {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 6px;
    min-width: 0;
  }
  .commands li {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 6px;
    padding: 3px 0;
    border-top: 1px solid var(--line);
  }
  .commands code {
    overflow-wrap: anywhere;
  }
  .does {
    display: flex;
    flex-direction: column;
    gap: 14px;
  }
  .does p {
    color: var(--muted);
  }

  /* Opening, and what could not be opened */
  .notice {
    position: relative;
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 12px;
    width: min(660px, calc(100% - 24px));
    margin: auto;
    padding: 34px clamp(16px, 4cqi, 40px);
    border: 1px solid var(--line);
    border-radius: 18px;
    background: var(--surface);
    box-shadow: var(--shadow);
  }
  .notice .logo {
    width: 44px;
    height: 44px;
  }
  .notice h1 {
    max-width: 100%;
    font-size: 19px;
    font-weight: 650;
  }
  .notice progress {
    width: min(360px, 100%);
  }
  .failure {
    align-items: stretch;
    gap: 20px;
    margin-block: auto;
  }
  .failure h1 {
    display: flex;
    align-items: center;
    gap: 9px;
    margin-bottom: 8px;
  }
  .failure .file {
    color: var(--muted);
    overflow-wrap: anywhere;
  }
  .failure .message {
    margin: 10px 0;
    padding: 9px 12px;
    border-left: 4px solid var(--mismatch);
    border-radius: 4px;
    background: var(--mismatch-soft);
    overflow-wrap: anywhere;
  }
  .failure .message::first-letter {
    text-transform: uppercase;
  }
  .failure .seems {
    margin-bottom: 10px;
    overflow-wrap: anywhere;
  }
  .failure .choices {
    justify-content: flex-start;
    margin: 0;
  }
  .dismiss {
    position: absolute;
    top: 12px;
    right: 12px;
  }

  /* Loaded */
  header {
    display: grid;
    grid-template-columns: auto fit-content(60%) minmax(0, 1fr) auto;
    align-items: center;
    gap: 4px 14px;
    padding: 10px 16px;
    background: var(--surface);
  }
  header h1 {
    font-size: 17px;
    font-weight: 660;
    letter-spacing: -0.005em;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    color: var(--muted);
  }
  .facts li {
    white-space: nowrap;
  }
  .facts li:not(:last-child)::after {
    content: "·";
    margin: 0 0.5em;
  }
  .actions {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .line {
    border-bottom: 1px solid var(--line);
    background: var(--surface);
  }
  .bar {
    display: flex;
    gap: 2px;
    height: 4px;
    background: var(--line);
  }
  .bar i {
    background: currentColor;
    transition: flex-grow 0.25s;
  }
  .bar i.not-checked {
    color: var(--line-strong);
    opacity: 0.45;
  }
  .groups {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 24px;
    min-height: 42px;
    padding: 5px 16px;
  }
  .group,
  .group ul {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 12px;
  }
  .group h2 {
    font-size: 1em;
    font-weight: 600;
  }
  .group li {
    display: inline-flex;
    align-items: center;
    gap: 0.35em;
    white-space: nowrap;
  }
  .group b {
    font-weight: 650;
    font-variant-numeric: tabular-nums;
  }
  .group .zero {
    color: var(--muted);
    font-weight: 400;
  }
  .group .zero b {
    font-weight: 400;
  }
  .group .zero svg {
    opacity: 0.6;
  }
  .scan {
    display: flex;
    flex: 1 1 0;
    min-width: min-content;
    align-items: center;
    justify-content: flex-end;
    gap: 10px;
    font-variant-numeric: tabular-nums;
  }
  .amount {
    white-space: nowrap;
  }
  .scan progress {
    flex: 1 1 40px;
    max-width: 150px;
    width: 40px;
    min-width: 40px;
  }
  .scan button {
    padding: 0.2em 0.8em;
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

  .columns {
    flex: 1;
    min-height: 0;
    display: grid;
    grid-template-columns: minmax(380px, 31%) minmax(0, 1fr);
    gap: 12px;
    padding: 12px;
  }
  .narrow .columns {
    display: flex;
    padding: 0;
  }
  .side {
    display: grid;
    grid-template-rows: minmax(90px, min-content) minmax(0, 1fr);
    gap: 12px;
    min-height: 0;
    min-width: 0;
  }
  .side .images-panel {
    max-height: 40vh;
  }
  .side > .panel,
  .main {
    display: flex;
    flex-direction: column;
    min-height: 0;
    min-width: 0;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    overflow: hidden;
  }
  .main {
    flex: 1;
  }
  .narrow .main {
    border: 0;
    border-radius: 0;
  }
  .panel-head {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    padding: 9px 14px;
    border-bottom: 1px solid var(--line);
  }
  .panel-head h2 {
    font-size: 1em;
    font-weight: 650;
  }
  .panel-head .muted {
    font-size: 0.9em;
  }
  .scroll,
  .main > .panel {
    flex: 1;
    min-height: 0;
    overflow: auto;
  }
  .scroll:focus-visible,
  .main > .panel:focus-visible {
    outline-offset: -2px;
  }
  .main > .files-panel {
    display: flex;
    overflow: hidden;
  }
  oci-lens-files {
    flex: 1;
  }
  .tabs {
    display: flex;
    flex: none;
    gap: 2px;
    padding: 0 8px;
    border-bottom: 1px solid var(--line);
    background: var(--raised);
    overflow-x: auto;
    scrollbar-width: none;
  }
  .tabs button {
    padding: 0.75em 0.8em 0.6em;
    border: 0;
    border-bottom: 3px solid transparent;
    border-radius: 0;
    background: none;
    color: var(--muted);
    font-weight: 550;
  }
  .tabs button:hover {
    color: var(--ink);
  }
  .tabs button[aria-selected="true"] {
    border-color: var(--accent);
    color: var(--ink);
  }
  .tabs button:focus-visible {
    outline-offset: -3px;
  }
  .badge {
    padding: 0 0.5em;
    border-radius: 99px;
    background: var(--not-checked-soft);
    color: var(--not-checked);
    font-size: 0.86em;
    font-variant-numeric: tabular-nums;
  }
  .badge.error {
    background: var(--mismatch-soft);
    color: var(--mismatch);
  }
  .badge.warning {
    background: var(--missing-soft);
    color: var(--missing);
  }

  .overlay {
    position: absolute;
    inset: 0;
    z-index: 3;
    display: grid;
    place-items: center;
    border: 4px dashed var(--accent);
    background: color-mix(in srgb, var(--page) 84%, transparent);
    pointer-events: none;
  }
  .overlay p {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 16px 26px;
    border-radius: 99px;
    background: var(--surface);
    box-shadow: var(--shadow);
    font-size: 19px;
    font-weight: 650;
  }
  .toast {
    position: absolute;
    bottom: 16px;
    left: 50%;
    z-index: 2;
    max-width: calc(100% - 32px);
    padding: 8px 16px;
    border-radius: 99px;
    background: var(--ink);
    color: var(--page);
    opacity: 0;
    pointer-events: none;
    transform: translate(-50%, 8px);
    transition:
      opacity 0.15s,
      transform 0.15s;
  }
  .toast.on {
    opacity: 1;
    transform: translate(-50%, 0);
  }

  @container viewer (max-width: 960px) {
    header {
      grid-template-columns: auto minmax(0, 1fr) auto;
    }
    .facts {
      grid-row: 2;
      grid-column: 1 / -1;
    }
    .below {
      grid-template-columns: minmax(0, 1fr);
      gap: 26px;
    }
  }
  @container viewer (max-width: 560px) {
    header {
      padding: 8px 12px;
    }
    .actions [data-action="folder"] {
      display: none;
    }
    .groups {
      padding: 6px 12px;
    }
    .group ul {
      gap: 2px 11px;
    }
    .group .zero {
      display: none;
    }
    .scan {
      justify-content: flex-start;
    }
    .scan progress {
      flex: 1;
    }
    .choices {
      align-self: stretch;
      flex-direction: column;
    }
    .choices button {
      justify-content: center;
    }
    .commands > div {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @media (forced-colors: active) {
    .tabs button {
      border-color: Canvas;
    }
    .tabs button[aria-selected="true"] {
      border-color: Highlight;
    }
    .toast {
      border: 1px solid;
    }
    .bar {
      display: none;
    }
  }
`;
