import { css } from "lit";

/** A field that opens a list of images. */
export const imageChoiceStyle = css`
  :host {
    position: relative;
    display: block;
    min-width: 0;
  }
  .field {
    position: relative;
    display: block;
  }
  input {
    width: 100%;
    padding: 0.35em 2em 0.35em 0.5em;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--surface);
    text-overflow: ellipsis;
    cursor: pointer;
  }
  input::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .field svg {
    position: absolute;
    inset-block-start: calc(50% - 0.5em);
    inset-inline-end: 0.6em;
    transform: rotate(90deg);
    color: var(--muted);
    pointer-events: none;
  }
  .popup {
    position: absolute;
    inset-inline: 0;
    z-index: 2;
    margin-top: 3px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--surface);
    box-shadow: var(--shadow);
  }
  .options {
    max-height: 286px;
    overflow: auto;
  }
  .options > div {
    position: relative;
  }
  .option {
    position: absolute;
    inset-inline: 0;
    display: flex;
    align-items: center;
    gap: 10px;
    height: 28px;
    padding: 0 9px;
    cursor: pointer;
  }
  .option:hover,
  .option.active {
    background: var(--hover);
  }
  .option.active {
    box-shadow: inset 3px 0 var(--accent);
  }
  .option[aria-selected="true"] {
    background: var(--chosen);
    font-weight: 600;
  }
  .option[aria-disabled="true"] {
    color: var(--muted);
    cursor: default;
  }
  .option .muted {
    flex: none;
    max-width: 60%;
    margin-inline-start: auto;
    font-size: 0.86em;
    font-weight: 400;
  }
  .count {
    padding: 5px 9px;
    border-top: 1px solid var(--line);
    color: var(--muted);
    font-size: 0.86em;
  }
`;
