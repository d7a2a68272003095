import { html, nothing, svg, type TemplateResult } from "lit";

import { cacheText } from "../../text/cache.js";
import { cssom } from "../cssom.js";
import { shortDigest } from "../format.js";
import type { CacheGraphNode, CacheGraphView } from "../types.js";

/** Measures of a drawing in pixels. */
const BOX = { width: 118, height: 30, across: 46, down: 10, margin: 12 };

export interface GraphParts {
  /** How many records the cache has. */
  readonly all: number;
  readonly chosen: number | undefined;
  /** The record that takes the focus. */
  readonly active: number | undefined;
  readonly choose: (record: number) => void;
  readonly move: (record: number) => void;
}

/** Records as boxes, each right of what it takes. */
export function graph(view: CacheGraphView, parts: GraphParts): TemplateResult {
  const { nodes, edges } = view;
  const byRecord = new Map(nodes.map((node) => [node.record.number, node]));
  const width =
    2 * BOX.margin + (Math.max(...nodes.map((n) => n.column), 0) + 1) * (BOX.width + BOX.across);
  const height =
    2 * BOX.margin + (Math.max(...nodes.map((n) => n.row), 0) + 1) * (BOX.height + BOX.down);
  const active = byRecord.has(parts.active ?? -1) ? parts.active : nodes[0]?.record.number;
  const onKey = (event: KeyboardEvent): void => {
    const from = active === undefined ? undefined : byRecord.get(active);
    if (!from || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") parts.choose(from.record.number);
    else {
      const to = next(view, byRecord, from, event.key);
      if (to === undefined) return;
      parts.move(to);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<figure class="graph">
    <div
      class="canvas"
      role="group"
      aria-label=${cacheText.graph.label(view.whole)}
      @keydown=${onKey}
    >
      <svg
        viewBox="0 0 ${width} ${height}"
        ${cssom({ width: `${width}px`, height: `${height}px` })}
      >
        <g class="edges" aria-hidden="true">
          ${edges.map(({ from, to, input }) => {
            const [taker, taken] = [byRecord.get(from), byRecord.get(to)];
            if (!taker || !taken) return nothing;
            const near = from === parts.chosen || to === parts.chosen;
            return svg`<path class=${near ? "near" : ""} data-input=${input} d=${curve(taken, taker)} />`;
          })}
        </g>
        ${nodes.map((node) => box(node, node.record.number === active, parts))}
      </svg>
    </div>
    <figcaption class="muted">
      ${view.whole ? nothing : cacheText.graph.part(nodes.length, parts.all)}
      ${cacheText.graph.legend} ${cacheText.graph.keys}
    </figcaption>
  </figure>`;
}

function box(node: CacheGraphNode, isActive: boolean, parts: GraphParts) {
  const { number, digest, outcome } = node.record;
  const { x, y } = corner(node);
  const label = cacheText.graph.node(number, digest, outcome);
  return svg`<g
    class="node is-${outcome}"
    role="button"
    tabindex=${isActive ? 0 : -1}
    aria-pressed=${number === parts.chosen ? "true" : "false"}
    data-record=${number}
    transform="translate(${x} ${y})"
    @click=${() => {
      parts.choose(number);
    }}
  ><title>${label}</title
    ><rect width=${BOX.width} height=${BOX.height} rx="6"
    /><text x="8" y="19">${number}</text
    ><text class="digest" x=${BOX.width - 8} y="19" text-anchor="end">${shortDigest(digest).slice(0, 8)}</text
  ></g>`;
}

function corner({ column, row }: CacheGraphNode): { x: number; y: number } {
  return {
    x: BOX.margin + column * (BOX.width + BOX.across),
    y: BOX.margin + row * (BOX.height + BOX.down),
  };
}

/** From the right side of what is taken to the left side of what takes it. */
function curve(taken: CacheGraphNode, taker: CacheGraphNode): string {
  const [from, to] = [corner(taken), corner(taker)];
  const [x1, y1] = [from.x + BOX.width, from.y + BOX.height / 2];
  const [x2, y2] = [to.x, to.y + BOX.height / 2];
  const bend = Math.max(BOX.across / 2, Math.abs(x2 - x1) / 2);
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

/** The box that an arrow key leads to: along a link, or up and down a column. */
function next(
  { nodes, edges }: CacheGraphView,
  byRecord: ReadonlyMap<number, CacheGraphNode>,
  from: CacheGraphNode,
  key: string,
): number | undefined {
  const number = from.record.number;
  if (key === "ArrowLeft") return edges.find((edge) => edge.from === number)?.to;
  if (key === "ArrowRight") return edges.find((edge) => edge.to === number)?.from;
  const step = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (step === undefined) return undefined;
  const beside = nodes.find(({ column, row }) => column === from.column && row === from.row + step);
  return beside && byRecord.get(beside.record.number)?.record.number;
}
