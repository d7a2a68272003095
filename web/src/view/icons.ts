import { html, svg, type SVGTemplateResult, type TemplateResult } from "lit";

import type { NodeType, Severity, Status } from "./types.js";

const icon = (body: SVGTemplateResult): TemplateResult => html`
  <svg
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${body}
  </svg>
`;

const STATUS: Record<Status, TemplateResult> = {
  verified: icon(svg`<circle cx="8" cy="8" r="6.5" /><path d="m5.2 8.2 2 2 3.6-4.2" />`),
  mismatch: icon(
    svg`<path d="M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z" /><path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4" />`,
  ),
  missing: icon(
    svg`<circle cx="8" cy="8" r="6.5" stroke-dasharray="2.6 2.5" /><path d="M8 4.8v4M8 11.2v.01" />`,
  ),
  "not-checked": icon(svg`<circle cx="8" cy="8" r="6.5" /><path d="M5.2 8h5.6" />`),
};

const SEVERITY: Record<Severity, TemplateResult> = {
  error: STATUS.mismatch,
  warning: icon(svg`<path d="M8 1.8 15 14H1z" /><path d="M8 6.2v3.6M8 11.9v.01" />`),
  note: icon(svg`<circle cx="8" cy="8" r="6.5" /><path d="M8 7.4v4M8 4.8v.01" />`),
};

// One template for all, because there are many of them on screen and they come and go.
export const outline = (path: string): TemplateResult => html`
  <svg
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <path d=${path} />
  </svg>
`;

const NODE: Record<NodeType, TemplateResult> = {
  dir: outline(
    "M1.5 4a1 1 0 0 1 1-1h3.6l1.6 1.8h5.8a1 1 0 0 1 1 1v6.4a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1z",
  ),
  file: outline("M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3"),
  symlink: outline("M3 13V9a3 3 0 0 1 3-3h7M10 3l3 3-3 3"),
  char: outline("M1.5 3.5h13v9h-13zM4.5 9.5h7"),
  block: outline("M2.5 2.5h11v11h-11zM2.5 6.2h11M2.5 9.8h11"),
  fifo: outline("M1.5 5.5h13M1.5 10.5h13M6.5 8h3"),
};

export const statusIcon = (status: Status): TemplateResult => STATUS[status];
export const severityIcon = (severity: Severity): TemplateResult => SEVERITY[severity];
export const nodeIcon = (type: NodeType): TemplateResult => NODE[type];

export const twistyIcon = outline("m6 3.5 4.5 4.5L6 12.5");
export const copyIcon = icon(
  svg`<rect x="5.5" y="5.5" width="8.5" height="8.5" rx="1.5" /><path d="M10.5 2.5h-7a1.5 1.5 0 0 0-1.5 1.5v7" />`,
);
export const searchIcon = icon(
  svg`<circle cx="7" cy="7" r="4.8" /><path d="m10.6 10.6 3.6 3.6" />`,
);
export const infoIcon = icon(svg`<circle cx="8" cy="8" r="6.2" /><path d="M8 7.3v3.6M8 5v.01" />`);
export const backIcon = icon(svg`<path d="M9.8 3.2 5 8l4.8 4.8" />`);
const ascending = outline("m4.5 9.8 3.5-3.6 3.5 3.6");
const descending = outline("m4.5 6.2 3.5 3.6 3.5-3.6");
export const sortIcon = (down: boolean): TemplateResult => (down ? descending : ascending);
export const closeIcon = icon(svg`<path d="m3.5 3.5 9 9m0-9-9 9" />`);
export const fileIcon = NODE.file;
export const folderIcon = NODE.dir;
export const sampleIcon = icon(
  svg`<path d="m8 1.5 6.5 3L8 7.5l-6.5-3z" /><path d="m1.5 8 6.5 3 6.5-3M1.5 11.5l6.5 3 6.5-3" />`,
);

/** Strata under a lens. */
export const logo = html`
  <svg class="logo" viewBox="0 0 32 32" fill="none" aria-hidden="true">
    <path class="s2" d="m4 21.5 11 5 11-5-11-5z" />
    <path class="s1" d="m4 16.5 11 5 11-5-11-5z" />
    <path class="s0" d="m4 11.5 11 5 11-5-11-5z" />
    <circle class="glass" cx="20" cy="12" r="7" />
    <path class="handle" d="m25.2 17.2 4.3 4.3" />
  </svg>
`;

/** The same, large, for the empty state. */
export const picture = html`
  <svg class="picture" viewBox="0 0 200 132" fill="none" aria-hidden="true">
    <path class="s3" d="m22 92 68 30 68-30-68-30z" />
    <path class="s2" d="m22 74 68 30 68-30-68-30z" />
    <path class="s1" d="m22 56 68 30 68-30-68-30z" />
    <path class="s0" d="m22 38 68 30 68-30L90 8z" />
    <circle class="glass" cx="128" cy="56" r="36" />
    <path class="seen" d="M103 66h22M109 52h30M116 40h24M118 78h20" />
    <path class="mark" d="m142 60 6 6 11-13" />
    <path class="handle" d="m154 82 24 24" />
  </svg>
`;
