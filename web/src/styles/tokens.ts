import { css } from "lit";

/**
 * Colours, type and measures. Of the two colours of a pair decides the page's own scheme or toggle,
 * or `theme` on the element.
 */
export const tokens = css`
  :host {
    --page: light-dark(#f3f5f5, #0e1416);
    --surface: light-dark(#ffffff, #151d20);
    --raised: light-dark(#f8fafa, #1a2428);
    --hover: light-dark(#eef3f3, #1e2a2e);
    --chosen: light-dark(#e0f0ef, #173236);
    --line: light-dark(#dbe2e3, #273338);
    --line-strong: light-dark(#86959a, #66777d);
    --ink: light-dark(#15212a, #e6edee);
    --muted: light-dark(#51616a, #9db0b6);
    --accent: light-dark(#0a6a6f, #4fc6c8);
    --accent-strong: light-dark(#07545a, #83dcdd);
    --on-accent: light-dark(#ffffff, #062022);

    --verified: light-dark(#17703f, #52c98b);
    --mismatch: light-dark(#b4233f, #ff8593);
    --missing: light-dark(#8a4f06, #e8ab51);
    --not-checked: light-dark(#51616a, #9db0b6);
    --verified-soft: light-dark(#e3f4ea, #14301f);
    --mismatch-soft: light-dark(#fce8ec, #3c1a21);
    --missing-soft: light-dark(#fbf0dc, #36270f);
    --not-checked-soft: light-dark(#edf1f2, #222d31);

    --hue-0: light-dark(#0a7f83, #3fb8ba);
    --hue-1: light-dark(#c26a1b, #e59a55);
    --hue-2: light-dark(#5b63c7, #949bf0);
    --hue-3: light-dark(#b23f77, #e583b3);
    --hue-4: light-dark(#5f8a1f, #9cc65a);
    --hue-5: light-dark(#2f7fc4, #6fb2ea);
    --hue-6: light-dark(#8d5a3b, #c99a7c);
    --hue-7: light-dark(#7d4bb0, #bb93e3);

    --shadow: 0 1px 2px light-dark(#1b2b3014, #0006), 0 4px 14px light-dark(#1b2b300d, #0004);
    --radius: 10px;
    --radius-small: 6px;
    --font: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
    --mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
    --row: 28px;
  }
  @media (prefers-contrast: more) {
    :host {
      --page: light-dark(#ffffff, #000000);
      --surface: light-dark(#ffffff, #000000);
      --raised: light-dark(#f4f6f6, #0d1214);
      --hover: light-dark(#e4ebeb, #1c272b);
      --chosen: light-dark(#cde8e6, #0d4146);
      --line: light-dark(#63737a, #93a5ab);
      --line-strong: light-dark(#1d2a30, #dfe8ea);
      --ink: light-dark(#000000, #ffffff);
      --muted: light-dark(#25323a, #d3dee1);
      --accent: light-dark(#004448, #93f3f3);
      --accent-strong: light-dark(#002c2f, #c6fbfb);
      --on-accent: light-dark(#ffffff, #000000);
      --verified: light-dark(#07431f, #93f2bd);
      --mismatch: light-dark(#80081f, #ffc0c7);
      --missing: light-dark(#553000, #ffd595);
      --not-checked: light-dark(#25323a, #d3dee1);
    }
  }
  :host(:state(light)) {
    color-scheme: light;
  }
  :host(:state(dark)) {
    color-scheme: dark;
  }
  :host([theme="light"]) {
    color-scheme: light;
  }
  :host([theme="dark"]) {
    color-scheme: dark;
  }
`;
