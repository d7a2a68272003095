import { css } from "lit";

/** Keys with the bytes that they are digests of. */
export const keysStyle = css`
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
  .reference:not(:first-child) {
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
    .sheet .key .properties > div {
      grid-template-columns: minmax(5.2em, max-content) minmax(0, 1fr);
    }
  }
`;
