import { css } from "lit";

/** A page of facts: names and values, headings, history. */
export const sheetStyle = css`
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

  .platform {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .platform .field {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-width: 0;
  }
  .platform input {
    min-width: 0;
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

  @container viewer (max-width: 560px) {
    .properties.wide > div {
      grid-template-columns: minmax(0, 1fr);
      gap: 2px;
    }
    .sheet .key .properties > div {
      grid-template-columns: minmax(5.2em, max-content) minmax(0, 1fr);
    }
    .sheet {
      padding: 12px 12px 24px;
    }
  }
`;
