import { html, nothing, type TemplateResult } from "lit";

import { pathText } from "../../text/path.js";
import { text } from "../../text.js";
import { exactBytes, exactTime } from "../format.js";
import { longList } from "../long-list.js";
import { copyButton, digest, hue, type Copy } from "../parts.js";
import type { EntryView, PathView, XattrView } from "../types.js";
import { capabilities } from "./capabilities.js";

/** A value longer than this may have to be scrolled. */
const LONG = 200;

/** Pixels that an attribute usually takes. */
const XATTR = 52;

/** What properties may ask of what is around them. */
export interface PathActions {
  copy: Copy;
  /** Shows another path. */
  open: (path: PathView) => void;
}

export function row(label: string, value: unknown): TemplateResult {
  return html`<div>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`;
}

export function layerBadge(layer: number): TemplateResult {
  return html`<span class="number ${hue(layer)}" data-layer=${layer}
    ><span class="spoken">${pathText.layerNumber(layer)}</span
    ><span aria-hidden="true">${layer}</span></span
  >`;
}

/** A path that is shown when it is followed; `shown` where its link has other words for it. */
export function pathLink(
  path: PathView,
  { open }: PathActions,
  shown = `/${path.path}`,
): TemplateResult {
  return html`<button
    class="link"
    type="button"
    data-path=${path.path}
    @click=${() => {
      open(path);
    }}
  >
    <bdi>${shown}</bdi>
  </button>`;
}

/** What an entry says of its path; `target` is what its link name comes to, where that is known. */
export function properties(
  entry: EntryView,
  actions: PathActions,
  target?: PathView,
): TemplateResult {
  const { mode, modeText, uid, gid, mtimeNs, linkName, hardlinkTo, device, sha256 } = entry;
  return html`${row(pathText.type, text.nodeType(entry.type))}
  ${entry.type === "file" ? row(pathText.size, exactBytes(entry.size)) : nothing}
  ${row(
    pathText.mode,
    html`<code>${modeText}</code> <code>${mode.toString(8).padStart(4, "0")}</code>`,
  )}
  ${row(pathText.owner, html`<span class="figures">${uid}:${gid}</span>`)}
  ${row(
    pathText.modified,
    mtimeNs === undefined
      ? html`<span class="muted">${pathText.noTime}</span>`
      : html`<span class="figures">${exactTime(mtimeNs)}</span>`,
  )}
  ${device ? row(pathText.device, pathText.deviceNumbers(...device)) : nothing}
  ${
    linkName === undefined
      ? nothing
      : row(
          pathText.target,
          target
            ? pathLink(target, actions, linkName)
            : html`<bdi class="mono exact">${linkName}</bdi>`,
        )
  }
  ${hardlinkTo ? row(pathText.hardlinkTo, pathLink(hardlinkTo, actions)) : nothing}
  ${
    sha256 === undefined
      ? nothing
      : row(pathText.digest, digest(actions.copy, `sha256:${sha256}`, pathText.digest))
  }
  ${xattrs(entry, actions.copy)}`;
}

function xattrs({ xattrs: list = [], moreXattrs: more = 0 }: EntryView, copy: Copy) {
  if (list.length === 0 && more === 0) return nothing;
  return row(
    pathText.xattrs,
    html`<ul class="xattrs">
        ${longList(list, (xattr) => xattrItem(xattr, copy), XATTR)}
      </ul>
      ${more === 0 ? nothing : html`<p class="muted">${pathText.moreXattrs(more)}</p>`}`,
  );
}

function xattrItem({ name, value, base64 }: XattrView, copy: Copy): TemplateResult {
  const known = Object.hasOwn(pathText.xattrNames, name) ? pathText.xattrNames[name] : undefined;
  const read = name === "security.capability" ? capabilities(bytesOf(base64)) : undefined;
  return html`<li data-xattr=${name}>
    <p class="xattr-name">
      <code>${name}</code>${copyButton(copy, base64, pathText.base64(name))}
      ${known === undefined ? nothing : html`<span class="muted">${known}</span>`}
    </p>
    <p
      class="value"
      tabindex=${value.length > LONG ? 0 : nothing}
      role=${value.length > LONG ? "group" : nothing}
      aria-label=${value.length > LONG ? name : nothing}
    >
      ${
        read !== undefined
          ? html`<code title=${value}>${read}</code>`
          : value === ""
            ? html`<span class="muted">${pathText.emptyValue}</span>`
            : html`<bdi class="mono">${value}</bdi>`
      }
    </p>
  </li>`;
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
