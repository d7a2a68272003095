import { css } from "lit";

/** The report on paper. */
export const printStyle = css`
  :host {
    color: #000;
    font: 9.5pt/1.4 var(--font);
  }
  button,
  .copy {
    display: none !important;
  }
  h1 {
    font-size: 17pt;
    overflow-wrap: anywhere;
  }
  h2 {
    margin: 16pt 0 4pt;
    padding-bottom: 2pt;
    border-bottom: 1pt solid #000;
    font-size: 12.5pt;
    overflow-wrap: anywhere;
    break-after: avoid;
  }
  h3 {
    font-size: 10pt;
    break-after: avoid;
  }
  .sheet {
    display: block;
    max-width: none;
    padding: 0;
  }
  code,
  .mono {
    font-size: 8pt;
    overflow-wrap: anywhere;
  }
  .digest,
  .digest code,
  .digest .head {
    display: inline;
    max-width: none;
    overflow: visible;
    white-space: normal;
    overflow-wrap: anywhere;
  }
  .exact,
  .command {
    white-space: pre-wrap;
  }
  .status {
    padding: 0;
    background: none !important;
    font-weight: 600;
  }
  .properties > div,
  .properties.wide > div {
    grid-template-columns: 92pt minmax(0, 1fr);
    padding: 2pt 0;
    break-inside: avoid;
  }
  .findings {
    max-width: none;
    padding: 0;
  }
  .finding,
  .key {
    break-inside: avoid;
  }
  .key {
    padding: 4pt 0;
    border: 0;
    background: none;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 3pt 8pt 3pt 0;
    border-top: 0.5pt solid #999;
    text-align: start;
    vertical-align: baseline;
  }
  tr {
    break-inside: avoid;
  }
  tbody th {
    padding-left: calc(var(--depth, 0) * 10pt);
    overflow-wrap: anywhere;
    font-weight: 500;
  }
  tr[aria-current="true"] th {
    font-weight: 700;
  }
  .end {
    text-align: end;
  }
  .layer,
  .step {
    padding: 5pt 0;
    border-top: 0.5pt solid #999;
    break-inside: avoid;
  }
  .layer h3 code {
    font-weight: 500;
  }
`;
