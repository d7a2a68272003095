import { css } from "lit";

/** What could not be read, and is missing from what was asked for. */
export const unreadStyle = css`
  .unread {
    display: grid;
    gap: 5px;
    padding: 8px 11px;
    border: 1px solid color-mix(in srgb, var(--mismatch) 40%, transparent);
    border-left: 4px solid var(--mismatch);
    border-radius: var(--radius-small);
    background: var(--mismatch-soft);
    overflow-wrap: anywhere;
  }
  .unread > p:has(button) {
    display: flex;
    justify-content: space-between;
    align-items: start;
    gap: 8px;
  }
  .unread strong {
    color: var(--mismatch);
  }
  .unread ul {
    max-height: 12em;
    margin: 0;
    padding: 0 0 0 1.2em;
    overflow: auto;
  }
  @media (forced-colors: active) {
    .unread {
      border: 2px solid;
    }
  }
`;
