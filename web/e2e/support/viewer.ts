import type { Locator, Page } from "playwright-core";

import type { Report } from "../../generated/simd/engine.js";

/** A row of the tree, as its attributes tell. */
export interface Row {
  index: number;
  level: number;
  position: number;
  siblings: number;
  path: string;
  pathHex: string | undefined;
  type: string;
  mode: number;
  uid: number;
  gid: number;
  size: string;
  mtimeNs: string | undefined;
  layer: number | undefined;
  linkName: string | undefined;
  hardlinkTo: string | undefined;
  device: string | undefined;
  /** Text of the row as it is shown. */
  text: string;
}

export interface LayerLine {
  layer: number;
  status: string;
  diffId: string;
  text: string;
}

export type ScanState = "none" | "running" | "done" | "cancelled" | "failed";

/** The viewer on the page. */
export class Viewer {
  readonly element: Locator;

  constructor(readonly page: Page) {
    this.element = page.locator("oci-lens");
  }

  /** Chooses a file, as a user does. */
  async pick(path: string): Promise<void> {
    const chooser = this.page.waitForEvent("filechooser");
    await this.element.locator("[data-action=file], [data-action=open]").first().click();
    await (await chooser).setFiles(path);
  }

  /** Chooses a folder, as a user does. */
  async pickFolder(path: string): Promise<void> {
    const chooser = this.page.waitForEvent("filechooser");
    await this.element.locator("[data-action=folder]").first().click();
    await (await chooser).setFiles(path);
  }

  /** Drops files and folders of the disk, as the browser hands them to the page. */
  async drop(...paths: string[]): Promise<void> {
    await this.#dropAt(400, 300, paths);
  }

  /** Drops them on a part of the page. */
  async dropOn(target: Locator, ...paths: string[]): Promise<void> {
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    if (!box) throw new Error("what is dropped on is not in sight");
    await this.#dropAt(box.x + box.width / 2, box.y + box.height / 2, paths);
  }

  async #dropAt(x: number, y: number, paths: string[]): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const data = { items: [], files: paths, dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await session.send("Input.dispatchDragEvent", { type, x, y, data });
    }
    await session.detach();
  }

  async sample(): Promise<void> {
    await this.element.locator("[data-action=sample]").click();
  }

  async cancel(): Promise<void> {
    await this.element.locator("[data-action=cancel]").click();
  }

  /** The scan again, after it was cancelled. */
  async resume(): Promise<void> {
    await this.element.locator("[data-action=scan]").click();
  }

  async close(): Promise<void> {
    await this.element.locator("[data-action=close]").click();
    await this.element.locator("[data-action=file]").waitFor();
  }

  /** Waits until it is known what the archive is. */
  async opened(): Promise<void> {
    await this.element.locator("[data-scan]").waitFor({ timeout: 60_000 });
  }

  /** Waits until the scan has come to an end, and says to which. */
  async scanned(timeout = 90_000): Promise<ScanState> {
    const ended = this.element.locator(
      "[data-scan=done], [data-scan=cancelled], [data-scan=failed]",
    );
    await ended.waitFor({ timeout });
    return (await ended.getAttribute("data-scan")) as ScanState;
  }

  /** The progress of the scan in per cent, once there is some. */
  async progress(): Promise<number> {
    const bar = this.element.locator("[data-scan=running] progress[max]");
    return bar.evaluate((element) => {
      const { value, max } = element as HTMLProgressElement;
      return (100 * value) / max;
    });
  }

  /** The report as the element's events gave it last. */
  async report(): Promise<Report> {
    const report = await this.page.evaluate(
      () => (globalThis as { lastReport?: Report }).lastReport,
    );
    if (!report) throw new Error("no archive was opened");
    return report;
  }

  async layers(): Promise<LayerLine[]> {
    return this.element.locator("li.layer[data-layer]").evaluateAll((lines) =>
      lines.map((line) => ({
        layer: Number(line.getAttribute("data-layer")),
        status: line.getAttribute("data-status") ?? "",
        diffId: line.getAttribute("data-diff-id-status") ?? "",
        text: line.textContent.replace(/\s+/g, " ").trim(),
      })),
    );
  }

  /** Blobs and diff IDs by status. */
  async totals(): Promise<Record<string, Record<string, number>>> {
    const counts = await this.element
      .locator("[data-group] [data-status]")
      .evaluateAll((items) =>
        items.map((item): [string, string, number] => [
          item.closest("[data-group]")?.getAttribute("data-group") ?? "",
          item.getAttribute("data-status") ?? "",
          Number(item.getAttribute("data-count")),
        ]),
      );
    const totals: Record<string, Record<string, number>> = {};
    for (const [group, status, count] of counts) (totals[group] ??= {})[status] = count;
    return totals;
  }

  /** What is said of a file that cannot be opened. */
  async failure(): Promise<{ code: string; text: string; hints: string[] }> {
    const alert = this.element.locator("[role=alert][data-code]");
    await alert.waitFor({ timeout: 30_000 });
    return {
      code: (await alert.getAttribute("data-code")) ?? "",
      text: ((await alert.textContent()) ?? "").replace(/\s+/g, " ").trim(),
      hints: await this.element.locator(".failure .makers code").allTextContents(),
    };
  }

  /** Chooses the image with this number. */
  async choose(image: number): Promise<void> {
    await this.element.locator(`[data-image="${image}"]`).first().click();
  }

  /** Chooses an image of a list, as `archive:number`; with an empty value none. */
  async chooseIn(list: string, value: string): Promise<void> {
    const choice = this.element.locator(`oci-lens-image-choice[name=${list}]`);
    await choice.locator("input").click();
    await choice.locator(`[data-value="${value}"]`).click();
  }

  /** Goes to a view by its tab. */
  async view(name: string): Promise<void> {
    await this.element.locator(`[data-tab="${name}"]`).click();
    await this.settled(name);
  }

  /** Waits until a view has all that was asked of it. */
  async settled(name: string): Promise<void> {
    // What comes in its stead may have something to wait for, too.
    const busy = this.element.locator(`#panel-${name} [aria-busy=true]`);
    while ((await busy.count()) > 0) await busy.first().waitFor({ state: "detached" });
  }

  /** The marks of a table's rows in sight, once it has any. */
  async marks(label: string): Promise<string[]> {
    const table = this.element.locator(`oci-lens-table[label="${label}"]`);
    await table.locator("[data-mark]").first().waitFor();
    const rows = table.locator("[data-mark]");
    return rows.evaluateAll((found) =>
      found
        .map((row): [number, string] => [
          Number(row.getAttribute("data-index")),
          row.getAttribute("data-mark") ?? "",
        ])
        .sort(([a], [b]) => a - b)
        .map(([, mark]) => mark),
    );
  }

  /** The text of an element, its spaces made one. */
  async textOf(selector: string): Promise<string> {
    const text = await this.element.locator(selector).first().textContent();
    return (text ?? "").replace(/\s+/g, " ").trim();
  }

  /** The part of the address behind `#`. */
  get fragment(): string {
    return new URL(this.page.url()).hash.slice(1);
  }

  /** How many rows the tree has, all folders opened. */
  async expandAll(): Promise<number> {
    const grid = this.grid;
    const paths = this.element.locator("[data-paths]");
    if ((await paths.getAttribute("data-paths")) === "0") return 0;
    await this.element.locator("[data-depth=all]:not([disabled])").click();
    // The count holds still once the answer is there.
    let before = -1;
    for (;;) {
      const now = Number(await grid.getAttribute("aria-rowcount")) - 1;
      const busy = await grid.getAttribute("aria-busy");
      if (now === before && busy === "false") return now;
      before = now;
      await this.page.waitForTimeout(150);
    }
  }

  /** What has the focus: a row by its path, another control by what it does. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      const data = active instanceof HTMLElement ? active.dataset : {};
      return data["path"] ?? data["action"] ?? data["tab"] ?? active?.tagName ?? "";
    });
  }

  get grid(): Locator {
    return this.element.locator("[role=treegrid]");
  }

  /**
   * Every row, read from the page while scrolling through the whole tree: rows
   * that are out of sight do not exist there.
   */
  async readRows(): Promise<Row[]> {
    return this.grid.evaluate(async (grid) => {
      const total = Number(grid.getAttribute("aria-rowcount")) - 1;
      const rows = new Map<number, Row>();
      const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));
      const optional = (row: Element, name: string): string | undefined =>
        row.getAttribute(name) ?? undefined;
      const read = (): { first: number; waiting: boolean } => {
        let first = Infinity;
        let waiting = grid.querySelector("[role=rowgroup][aria-busy]") !== null;
        for (const row of grid.querySelectorAll("[role=row][data-index]")) {
          const index = Number(row.getAttribute("data-index"));
          if (!row.hasAttribute("data-path")) {
            waiting = true;
            continue;
          }
          first = Math.min(first, index);
          const number = (name: string): number => Number(row.getAttribute(name));
          const layer = row.getAttribute("data-layer");
          rows.set(index, {
            index,
            level: number("aria-level"),
            position: number("aria-posinset"),
            siblings: number("aria-setsize"),
            path: row.getAttribute("data-path") ?? "",
            pathHex: optional(row, "data-path-hex"),
            type: row.getAttribute("data-type") ?? "",
            mode: number("data-mode"),
            uid: number("data-uid"),
            gid: number("data-gid"),
            size: row.getAttribute("data-size") ?? "",
            mtimeNs: optional(row, "data-mtime-ns"),
            layer: layer === null ? undefined : Number(layer),
            linkName: optional(row, "data-link-name"),
            hardlinkTo: optional(row, "data-hardlink-to"),
            device: optional(row, "data-device"),
            text: row.textContent.replace(/\s+/g, " ").trim(),
          });
        }
        return { first, waiting };
      };
      grid.scrollTop = 0;
      const page = Math.max(1, grid.clientHeight - 80);
      for (let turns = 0; turns < 100_000; turns += 1) {
        await frame();
        await frame();
        const { waiting } = read();
        if (waiting) continue;
        if (grid.scrollTop + grid.clientHeight >= grid.scrollHeight - 1) break;
        grid.scrollTop += page;
      }
      // What scrolling by pages left out, where the tree is higher than a browser can scroll.
      return [...rows.values()]
        .filter(({ index }) => index < total)
        .sort((a, b) => a.index - b.index);
    });
  }
}
