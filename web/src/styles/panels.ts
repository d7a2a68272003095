import { css } from "lit";

/** What the panels hold: images, layers, an image's facts, cache keys, findings. */
export const panels = css`
  .none {
    padding: 14px;
    color: var(--muted);
  }

  .images {
    padding: 6px;
  }
  .entry {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto auto;
    align-items: center;
    column-gap: 8px;
    width: 100%;
    padding: 5px 9px;
    border: 1px solid transparent;
    border-radius: var(--radius-small);
    background: none;
    text-align: left;
    font-weight: 400;
  }
  .entry .muted {
    font-size: 0.92em;
  }
  .entry .name {
    font-weight: 600;
  }
  .entry .second {
    grid-column: 1 / -1;
  }
  .entry.other {
    color: var(--muted);
  }
  .entry.absent .name {
    font-weight: 500;
    color: var(--muted);
  }
  .entry[aria-current="true"] {
    border-color: color-mix(in srgb, var(--accent) 40%, transparent);
    background: var(--chosen);
    box-shadow: inset 3px 0 0 var(--accent);
  }
  .d1 {
    padding-left: 16px;
  }
  .d2 {
    padding-left: 32px;
  }
  .d3 {
    padding-left: 48px;
  }
  .d4 {
    padding-left: 64px;
  }
  .d5 {
    padding-left: 80px;
  }
  .d6 {
    padding-left: 96px;
  }

  .sheet {
    display: flex;
    flex-direction: column;
    gap: 12px;
    max-width: 900px;
    padding: 16px 18px 28px;
  }
  .sheet h3 {
    margin-top: 8px;
    font-size: 1em;
    font-weight: 650;
  }
  .sheet h4 {
    margin: 0;
    font-size: 1em;
    font-weight: 600;
  }
  .sheet h4 .muted {
    font-weight: 400;
  }
  .properties > div {
    display: grid;
    grid-template-columns: 104px minmax(0, 1fr);
    gap: 8px;
    padding: 4px 0;
  }
  .properties.wide > div {
    grid-template-columns: minmax(120px, 22%) minmax(0, 1fr);
    padding: 6px 0;
    border-top: 1px solid var(--line);
  }
  .properties.wide > div:first-child {
    border-top: 0;
  }
  .properties dt {
    color: var(--muted);
    overflow-wrap: anywhere;
  }
  .properties dd {
    overflow-wrap: anywhere;
  }
  .properties .name {
    font-weight: 550;
  }
  .compared {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .compared > .muted {
    flex: none;
    min-width: 5.2em;
  }
  .properties .outcome {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 10px;
  }
  .reason {
    font-size: 0.92em;
  }

  .history li {
    display: grid;
    grid-template-columns: 86px minmax(0, 1fr);
    gap: 10px;
    padding: 8px 0;
    border-top: 1px solid var(--line);
  }
  .history .number {
    justify-self: start;
    align-self: start;
  }
  .history code {
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }

  .platform {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .platform input {
    width: 17em;
    max-width: 100%;
    padding: 0.35em 0.6em;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--surface);
    font-family: var(--mono);
    font-size: 0.94em;
  }
  .reference {
    padding-top: 4px;
    border-top: 1px solid var(--line);
  }
  .key {
    margin-top: 8px;
    padding: 10px 12px;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--raised);
  }
  .tag {
    padding: 0 0.5em;
    border: 1px solid var(--line-strong);
    border-radius: 99px;
    color: var(--muted);
    font-size: 0.84em;
    font-weight: 500;
  }
  .preimage {
    display: flex;
    align-items: flex-start;
    gap: 4px;
  }
  .preimage code {
    max-height: 9em;
    overflow: auto;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }

  .findings-panel > .findings > .finding {
    content-visibility: auto;
    contain-intrinsic-size: auto 70px;
  }
  .finding {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 8px;
    padding: 7px 0;
    overflow-wrap: anywhere;
  }
  .finding > svg {
    margin-top: 0.2em;
    color: var(--muted);
  }
  .finding.error > svg {
    color: var(--mismatch);
  }
  .finding.warning > svg {
    color: var(--missing);
  }
  .finding .place {
    font-weight: 600;
  }
  .finding p:not(.where, .mono)::first-letter {
    text-transform: uppercase;
  }
  .finding .where {
    font-size: 0.9em;
  }
  .findings-panel > .findings {
    max-width: 900px;
    padding: 8px 18px 28px;
  }
  .findings-panel > .findings > .finding + .finding {
    border-top: 1px solid var(--line);
  }
  .pair {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0 10px;
    margin: 2px 0;
  }
  .pair dt {
    color: var(--muted);
  }

  @container viewer (max-width: 560px) {
    .properties.wide > div,
    .history li {
      grid-template-columns: minmax(0, 1fr);
      gap: 2px;
    }
    .sheet .key .properties > div {
      grid-template-columns: 44px minmax(0, 1fr);
    }
    .sheet {
      padding: 12px 12px 24px;
    }
    .sub {
      flex-wrap: wrap;
    }
  }
  @media (forced-colors: active) {
    .entry {
      border-color: Canvas;
    }
    .entry[aria-current="true"] {
      border-color: Highlight;
    }
  }
`;
