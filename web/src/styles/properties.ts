import { css } from "lit";

/** Names and values. */
export const propertiesStyle = css`
  .properties > div {
    display: grid;
    grid-template-columns: 104px minmax(0, 1fr);
    gap: 8px;
    padding: 4px 0;
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
`;
