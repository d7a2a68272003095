import { css } from "lit";

/** Two build caches side by side; the rest is as for two images. */
export const cacheCompareStyle = css`
  :host {
    display: block;
    flex: 1 0 300px;
    border-top: 1px solid var(--line);
  }
  .bases {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(280px, 100%), 1fr));
    gap: 14px;
    margin: 0 14px;
    padding: 8px 12px 12px;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
  }
  .bases > .side {
    gap: 8px;
  }
  legend {
    padding: 0 4px;
    font-size: 0.86em;
    font-weight: 600;
  }
  .two {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(280px, 1fr));
    gap: 14px;
  }
  oci-lens-table {
    display: block;
    height: 190px;
    border: 1px solid var(--line);
  }
  oci-lens-table.tall {
    height: 320px;
  }
  section > p {
    padding-top: 5px;
  }
  summary {
    padding: 6px 0;
    cursor: pointer;
  }
  .reasons dt {
    color: var(--muted);
  }
  .reasons li {
    padding: 2px 0;
  }
`;
