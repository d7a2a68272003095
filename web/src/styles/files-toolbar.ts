import { css } from "lit";

export const toolbarStyle = css`
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: flex-start;
    gap: 8px 12px;
    padding: 10px 14px 8px;
  }
  .find {
    flex: 1 1 260px;
    min-width: 0;
  }
  .toolbar > .shown {
    flex: 1;
    min-height: 32px;
  }
  .field {
    display: flex;
    align-items: center;
    gap: 2px;
    height: 32px;
    padding: 0 4px 0 9px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--surface);
  }
  .field > svg {
    color: var(--muted);
  }
  .field:focus-within {
    outline: 2px solid var(--accent);
    outline-offset: -1px;
  }
  .field.wrong {
    border-color: var(--mismatch);
  }
  .pattern {
    flex: 1;
    min-width: 0;
    height: 100%;
    padding: 0 6px;
    border: 0;
    outline: 0;
    background: none;
    text-overflow: ellipsis;
  }
  .pattern::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .found {
    padding: 0 6px;
    color: var(--muted);
    font-size: 0.93em;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .field button {
    min-width: 26px;
    height: 24px;
    justify-content: center;
  }
  .case[aria-pressed="true"] {
    border-color: var(--accent);
    background: var(--chosen);
    color: var(--accent-strong);
  }
  .kind {
    height: 24px;
    padding: 0 2px;
    border: 0;
    border-radius: 4px;
    background: var(--surface);
    color: var(--muted);
    cursor: pointer;
  }
  .pattern-problem {
    padding: 5px 2px 0;
    color: var(--mismatch);
    font-size: 0.93em;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .pattern-problem:empty {
    display: none;
  }

  .segments {
    display: inline-flex;
  }
  .segments button {
    border-color: var(--line);
    border-radius: 0;
    margin-left: -1px;
    font-variant-numeric: tabular-nums;
  }
  .segments button:first-child {
    margin-left: 0;
    border-radius: var(--radius-small) 0 0 var(--radius-small);
  }
  .segments button:last-child {
    border-radius: 0 var(--radius-small) var(--radius-small) 0;
  }
  .toolbar > .segments button {
    height: 32px;
  }
  .segments button:focus-visible,
  .segments button[aria-pressed="true"] {
    z-index: 1;
  }
  .segments button[aria-pressed="true"] {
    border-color: color-mix(in srgb, var(--accent) 55%, var(--line));
    background: var(--chosen);
    color: var(--accent-strong);
  }
  .line {
    display: flex;
    flex: 1 0 100%;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 14px;
    min-width: 0;
  }
  .shown {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 6px;
    min-height: 26px;
  }
  .shown b {
    font-weight: 650;
  }
  .changes,
  .options,
  .columns {
    display: flex;
    align-items: center;
    gap: 4px;
  }
  .options {
    flex: 1 0 auto;
    justify-content: flex-end;
    gap: 4px 14px;
  }
  .columns button,
  .depth button,
  .chip {
    min-height: 26px;
    padding: 0.1em 0.65em;
    border-color: var(--line);
    font-size: 0.93em;
  }
  .columns button {
    gap: 0.35em;
    font-weight: 450;
  }
  .columns button::before {
    content: "✓" / "";
    color: var(--accent);
  }
  .columns button[aria-pressed="false"] {
    color: var(--muted);
  }
  .columns button[aria-pressed="false"]::before {
    visibility: hidden;
  }
  .depth {
    display: flex;
    align-items: center;
    gap: 7px;
  }
  .depth .muted {
    font-size: 0.93em;
  }
  .chip {
    gap: 0.35em;
    border-radius: 99px;
    font-variant-numeric: tabular-nums;
    font-weight: 450;
  }
  .chip[aria-pressed="true"] {
    border-color: color-mix(in srgb, var(--tone) 45%, var(--line));
    background: color-mix(in srgb, var(--tone) 12%, var(--surface));
  }
  .chip[aria-pressed="false"] {
    color: var(--muted);
  }
  .chip[aria-pressed="false"] .word {
    text-decoration: line-through;
  }
  @container files (max-width: 760px) {
    .depth .muted,
    .line .applied,
    .chip:not(.unchanged) .word {
      display: none;
    }
  }
  @container files (max-width: 560px) {
    .toolbar {
      padding: 8px 10px 6px;
    }
    .find {
      flex-basis: 180px;
    }
    .applied,
    .line .shown .size,
    .columns {
      display: none;
    }
    .changes {
      order: 1;
    }
  }
  /* The pattern has a row of its own: beside what it finds there is no room for anything else. */
  @container files (max-width: 460px) {
    .find {
      flex-basis: 100%;
    }
    .line {
      display: contents;
    }
    .line > .shown {
      flex: 1 0 100%;
      order: 1;
    }
    .options {
      min-height: 32px;
    }
  }
`;
