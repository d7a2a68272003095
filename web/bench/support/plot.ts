/** Points of one line, by what is measured against. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A plot of lines; both axes are logarithmic. */
export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
  /** What a value is written as beside an axis. */
  readonly x: (value: number) => string;
  readonly y: (value: number) => string;
}

const WIDTH = 460;
const HEIGHT = 320;
const LEFT = 62;
const RIGHT = 30;
const TOP = 34;
const BOTTOM = 36;
const KEY = 26;

/** Told apart by shape as well as by colour. */
const DASHES = ["", "7 4", "2 4", "9 4 2 4"];

const STYLE = `
  svg { color-scheme: light dark; font: 12px system-ui, sans-serif; }
  .paper { fill: #fff; } text { fill: #24292f; } .title { font-weight: 600; }
  path { fill: none; stroke-width: 2; } .grid { stroke: #d8dee4; stroke-width: 1; }
  .line-0 { stroke: #0a5fb4; fill: #0a5fb4; } .line-1 { stroke: #a33a00; fill: #a33a00; }
  .line-2 { stroke: #46722b; fill: #46722b; } .line-3 { stroke: #7a3fa8; fill: #7a3fa8; }
  path[class] { fill: none; }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117; } text { fill: #e6edf3; } .grid { stroke: #30363d; }
    .line-0 { stroke: #6cb6ff; fill: #6cb6ff; } .line-1 { stroke: #ffa657; fill: #ffa657; }
    .line-2 { stroke: #8ddb8c; fill: #8ddb8c; } .line-3 { stroke: #d2a8ff; fill: #d2a8ff; }
    path[class] { fill: none; }
  }`;

/** Panels side by side as an SVG that reads on light and on dark pages. */
export function plot(panels: readonly Panel[], about: string): string {
  const names = [...new Set(panels.flatMap(({ lines }) => lines.map(({ name }) => name)))];
  const width = WIDTH * panels.length;
  const key = names.map((name, at) => {
    const x = LEFT + (at * (width - LEFT)) / names.length;
    const y = HEIGHT + KEY / 2;
    return [
      `<path class="line-${at}" stroke-dasharray="${DASHES[at] ?? ""}" d="M${x} ${y}h28"/>`,
      `<text x="${x + 34}" y="${y + 4}">${escaped(name)}</text>`,
    ].join("");
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT + KEY}" role="img">`,
    `<title>${escaped(about)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="100%" height="100%"/>`,
    ...panels.map((panel, at) => drawn(panel, at * WIDTH, names)),
    ...key,
    "</svg>\n",
  ].join("\n");
}

function drawn({ title, lines, x, y }: Panel, left: number, names: readonly string[]): string {
  const points = lines.flatMap((line) => line.points);
  const across = scale(
    points.map(([value]) => value),
    LEFT,
    WIDTH - RIGHT,
  );
  const up = scale(
    points.map(([, value]) => value),
    HEIGHT - BOTTOM,
    TOP,
  );
  const parts = [`<text class="title" x="${LEFT}" y="20">${escaped(title)}</text>`];
  for (const value of across.ticks) {
    const at = across.at(value);
    parts.push(`<path class="grid" d="M${at} ${TOP}V${HEIGHT - BOTTOM}"/>`);
    const text = `x="${at}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle"`;
    parts.push(`<text ${text}>${escaped(x(value))}</text>`);
  }
  for (const value of up.ticks) {
    const at = up.at(value);
    parts.push(`<path class="grid" d="M${LEFT} ${at}H${WIDTH - RIGHT}"/>`);
    const text = `x="${LEFT - 8}" y="${at + 4}" text-anchor="end"`;
    parts.push(`<text ${text}>${escaped(y(value))}</text>`);
  }
  for (const line of lines) {
    const number = names.indexOf(line.name);
    const way = line.points.map(([x, y]) => `${across.at(x)} ${up.at(y)}`);
    const dash = DASHES[number] ?? "";
    parts.push(`<path class="line-${number}" stroke-dasharray="${dash}" d="M${way.join("L")}"/>`);
    for (const [x, y] of line.points) {
      parts.push(
        `<circle class="line-${number}" cx="${across.at(x)}" cy="${up.at(y)}" r="3"><title>` +
          `${escaped(line.name)}</title></circle>`,
      );
    }
  }
  return `<g transform="translate(${left} 0)">${parts.join("\n")}</g>`;
}

/** Whole powers of ten around all values. */
function scale(values: readonly number[], from: number, to: number) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const ticks = Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at));
  const at = (value: number): number =>
    Math.round(10 * (from + ((Math.log10(value) - low) / (high - low)) * (to - from))) / 10;
  return { ticks, at };
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
