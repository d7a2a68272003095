import { css } from "lit";

export const dockerfileStyle = css`
  :host {
    overflow: auto;
  }
  .none {
    padding: 24px 18px;
    color: var(--muted);
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    padding: 10px 14px;
    border-bottom: 1px solid var(--line);
  }
  .bar p {
    flex: 1 1 300px;
  }
  .bar button {
    padding: 0.25em 0.75em;
  }
  .caveats {
    padding: 8px 14px 8px 30px;
    border-bottom: 1px solid var(--line);
    list-style: disc;
  }
  li:not(.caveats li) {
    display: grid;
    grid-template-columns: 74px minmax(0, 1fr);
    gap: 10px;
    align-items: baseline;
    padding: 6px 14px 6px 10px;
    border-left: 4px solid var(--hue, transparent);
  }
  li:not(.caveats li) + li {
    border-top: 1px solid var(--line);
  }
  .none-mark {
    padding: 0;
    font-size: 0.86em;
  }
  code {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  code b {
    color: var(--accent);
    font-weight: 650;
  }
`;
