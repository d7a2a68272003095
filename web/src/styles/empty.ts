import { css } from "lit";

/** What is shown while nothing is open, and the marks of the viewer. */
export const emptyStyle = css`
  .s0,
  .s1,
  .s2,
  .s3 {
    stroke: var(--surface);
    stroke-width: 1.5;
    stroke-linejoin: round;
  }
  .s0 {
    fill: var(--hue-0);
  }
  .s1 {
    fill: var(--hue-1);
  }
  .s2 {
    fill: var(--hue-2);
  }
  .s3 {
    fill: var(--hue-3);
  }
  .glass {
    fill: color-mix(in srgb, var(--surface) 82%, transparent);
    stroke: var(--ink);
    stroke-width: 2;
  }
  .handle {
    stroke: var(--ink);
    stroke-width: 3;
    stroke-linecap: round;
  }
  .logo {
    width: 30px;
    height: 30px;
  }

  .empty {
    flex: 1 0 auto;
    display: flex;
    flex-direction: column;
    justify-content: center;
    gap: 30px;
    width: min(1060px, 100%);
    margin: 0 auto;
    padding: clamp(16px, 4cqi, 44px);
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-bottom: -14px;
    font-size: 16px;
    font-weight: 650;
    letter-spacing: -0.01em;
  }
  .zone {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 12px;
    padding: clamp(24px, 5cqi, 52px) 20px;
    border: 2px dashed var(--line-strong);
    border-radius: 18px;
    background: var(--surface);
    box-shadow: var(--shadow);
    text-align: center;
  }
  .picture {
    width: 208px;
    height: auto;
    margin-bottom: 6px;
  }
  .picture .glass {
    stroke-width: 4;
  }
  .picture .handle {
    stroke-width: 8;
  }
  .picture .seen {
    stroke: var(--line-strong);
    stroke-width: 3;
    stroke-linecap: round;
  }
  .picture .mark {
    stroke: var(--verified);
    stroke-width: 5;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .zone h1 {
    font-size: clamp(22px, 3.4cqi, 31px);
    font-weight: 680;
    letter-spacing: -0.015em;
    line-height: 1.2;
  }
  .lead {
    max-width: 56ch;
    color: var(--muted);
    font-size: 16px;
  }
  .lead strong {
    display: block;
    color: var(--ink);
    font-weight: 600;
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 10px;
    margin-top: 10px;
  }
  .choices button {
    padding: 0.6em 1.15em;
    font-size: 15px;
  }
  .below {
    display: grid;
    grid-template-columns: minmax(0, 1.5fr) minmax(0, 1fr);
    gap: 36px;
  }
  .below h2,
  .makers h2 {
    font-size: 14px;
    font-weight: 650;
  }
  .makers h2 {
    margin-bottom: 8px;
  }
  .commands > div {
    display: grid;
    grid-template-columns: 74px minmax(0, 1fr);
    align-items: center;
    padding: 3px 0;
    border-top: 1px solid var(--line);
  }
  .commands dt {
    color: var(--muted);
  }
  .commands dd {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 6px;
    min-width: 0;
  }
  .commands li {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 6px;
    padding: 3px 0;
    border-top: 1px solid var(--line);
  }
  .commands code {
    overflow-wrap: anywhere;
  }
  .does {
    display: flex;
    flex-direction: column;
    gap: 14px;
  }
  .does p {
    color: var(--muted);
  }

  @container viewer (max-width: 960px) {
    .below {
      grid-template-columns: minmax(0, 1fr);
      gap: 26px;
    }
  }

  @container viewer (max-width: 560px) {
    .choices {
      align-self: stretch;
      flex-direction: column;
    }
    .choices button {
      justify-content: center;
    }
    .commands > div {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
