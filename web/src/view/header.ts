import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text.js";
import { cssom } from "./cssom.js";

import { bytes, compression, count, exactBytes, formats } from "./format.js";
import { fileIcon, folderIcon, logo, statusIcon } from "./icons.js";
import { closeButton } from "./parts.js";
import type { Report, Status, StatusCounts } from "./types.js";

export interface HeaderActions {
  open: () => void;
  folder: () => void;
  close: () => void;
  cancel: () => void;
  scan: () => void;
  /** Lists the blobs with an outcome. */
  list: (status: Status) => void;
}

/** What was opened, and what may be done with it. */
export function header(name: string, report: Report | undefined, actions: HeaderActions) {
  return html`<header part="header">
    ${logo}
    <h1 class="clip" title=${name}>${name}</h1>
    ${report ? facts(report) : nothing}
    <div class="actions">
      <button type="button" data-action="open" @click=${actions.open}>
        ${fileIcon}${text.openFile}
      </button>
      <button type="button" data-action="folder" @click=${actions.folder}>
        ${folderIcon}${text.openFolder}
      </button>
      ${closeButton(actions.close)}
    </div>
  </header>`;
}

function facts({ archive }: Report): TemplateResult {
  return html`<ul class="facts">
    <li data-fact="formats">${formats(archive.formats)}</li>
    <li data-fact="container">${text.container[archive.container]}</li>
    <li data-fact="size" title=${exactBytes(archive.size)}>${bytes(archive.size)}</li>
    ${
      archive.outerCompression === "none"
        ? nothing
        : html`<li data-fact="outer" title=${exactBytes(archive.unpackedSize)}>
            ${text.outer(compression(archive.outerCompression), archive.unpackedSize)}
          </li>`
    }
    <li data-fact="members">${text.members(archive.members)}</li>
    ${
      archive.layoutVersion
        ? html`<li data-fact="layout">${text.layoutVersion(archive.layoutVersion)}</li>`
        : nothing
    }
  </ul>`;
}

/** Bytes read, of how many. */
export interface ByteProgress {
  readonly done: number;
  readonly total: number;
}

/** How far the reading has come. */
export interface Scan {
  readonly state: "running" | "done" | "cancelled" | "failed";
  readonly progress?: ByteProgress;
  readonly message?: string;
}

const COUNTS = [
  ["verified", "verified"],
  ["mismatch", "mismatch"],
  ["missing", "missing"],
  ["not-checked", "notChecked"],
] as const satisfies readonly (readonly [Status, keyof StatusCounts])[];

/** The outcomes by count, and the progress while there is some. */
export function verificationLine(
  report: Report,
  { scan, isVerified }: { scan: Scan | undefined; isVerified: boolean },
  actions: HeaderActions,
) {
  const { blobs, diffIds } = report.totals;
  return html`<section
    class="line"
    part="verification"
    aria-label=${text.verification.label}
    data-scan=${scan?.state ?? "none"}
  >
    ${bar(blobs)}
    <div class="groups">
      ${group("blobs", text.verification.blobs, blobs, actions.list)}
      ${group("diff-ids", text.verification.diffIds, diffIds, actions.list)}
      ${scan && (scan.state !== "done" || isVerified) ? scanState(scan, actions) : nothing}
      ${isVerified || (scan && scan.state !== "done") ? nothing : verifyButton(actions)}
    </div>
  </section>`;
}

function bar(counts: StatusCounts): TemplateResult {
  return html`<div class="bar" aria-hidden="true">
    ${COUNTS.map(([status, key]) =>
      counts[key] > 0
        ? html`<i class=${status} ${cssom({ "flex-grow": counts[key] })}></i>`
        : nothing,
    )}
  </div>`;
}

function group(
  id: string,
  label: string,
  counts: StatusCounts,
  list: (status: Status) => void,
): TemplateResult {
  return html`<div class="group" data-group=${id}>
    <h2>${label}</h2>
    <ul>
      ${COUNTS.map(
        ([status, key]) =>
          html`<li
            class="${status} ${counts[key] === 0 ? "zero" : ""}"
            data-status=${status}
            data-count=${counts[key]}
          >
            <button
              class="quiet"
              type="button"
              ?disabled=${counts[key] === 0}
              title=${text.verification.list(label, status)}
              @click=${() => {
                list(status);
              }}
            >
              ${statusIcon(status)}<b>${count(counts[key])}</b> ${text.status(status)}
            </button>
          </li>`,
      )}
    </ul>
  </div>`;
}

function verifyButton(actions: HeaderActions): TemplateResult {
  return html`<div class="scan">
    <button type="button" data-action="scan" @click=${actions.scan}>
      ${text.verification.verify}
    </button>
  </div>`;
}

function scanState(scan: Scan, actions: HeaderActions): TemplateResult {
  const { progress } = scan;
  switch (scan.state) {
    case "running":
      return html`<div class="scan">
        ${progressBar(progress, text.verification.progress)}
        <span class="amount">
          ${progress ? text.verification.scanning(progress.done, progress.total) : nothing}
        </span>
        <button type="button" data-action="cancel" @click=${actions.cancel}>${text.cancel}</button>
      </div>`;
    case "cancelled":
      return html`<div class="scan">
        <span class="muted">${text.verification.cancelled}</span>
        <button type="button" data-action="scan" @click=${actions.scan}>
          ${text.verification.resume}
        </button>
      </div>`;
    case "failed":
      return html`<div class="scan">
        <span class="mismatch">${text.verification.failed}: ${scan.message}</span>
        <button type="button" data-action="scan" @click=${actions.scan}>
          ${text.verification.resume}
        </button>
      </div>`;
    case "done":
      return html``;
  }
}

/** A native progress bar; without numbers it only says that something goes on. */
export function progressBar(progress: ByteProgress | undefined, label: string): TemplateResult {
  if (!progress || progress.total === 0) {
    return html`<progress aria-label=${label}></progress>`;
  }
  const { done, total } = progress;
  return html`<progress
    aria-label=${label}
    max=${total}
    .value=${Math.min(done, total)}
  ></progress>`;
}
