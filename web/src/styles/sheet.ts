import { css } from "lit";

import { propertiesStyle } from "./properties.js";

/** A page of facts: names and values, headings, history. */
export const sheetStyle = css`
  ${propertiesStyle}
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
  .properties.wide > div {
    grid-template-columns: minmax(120px, 22%) minmax(0, 1fr);
    padding: 6px 0;
    border-top: 1px solid var(--line);
  }
  .properties.wide > div:first-child {
    border-top: 0;
  }
  @container viewer (max-width: 560px) {
    .properties.wide > div {
      grid-template-columns: minmax(0, 1fr);
      gap: 2px;
    }
    .sheet {
      padding: 12px 12px 24px;
    }
  }
`;
