import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

import type { BrowserContext, Page } from "playwright-core";
import { build } from "vite";

import type { Report } from "../../generated/simd/engine.js";
import { launch } from "../../e2e/support/browser.js";
import { url } from "../../e2e/support/environment.js";
import { canMeasure, peakOfRenderers, resetPeaks } from "../../e2e/support/memory.js";
import { Protocol } from "../../e2e/support/protocol.js";
import { inFolder } from "../../e2e/support/temporary.js";
import { processorTime } from "../support/processor.js";
import type { Contender, Run } from "./contender.js";

/**
 * This engine in a browser: a new one each time, which compiles its modules anew; or one that is
 * kept, as the page keeps its own. With an address, that of another build which is served there.
 */
export function engine(
  workers: number,
  { kept = false, address }: { kept?: boolean; address?: string } = {},
): Contender {
  const name = [
    workers === 1 ? "oci-lens, 1 worker" : `oci-lens, ${workers} workers`,
    ...(kept ? ["engine kept"] : []),
    ...(address === undefined ? [] : ["other build"]),
  ].join(", ");
  const at = address ?? url();
  return inPage(name, at, async (page) => {
    // As text: an import in a function would be one that Vite has rewritten.
    const module = JSON.stringify(new URL("index.js", at).href);
    await page.evaluate(
      `import(${module}).then((module) => Object.assign(globalThis, { module }))`,
    );
    return page.evaluate(
      async ({ workers, kept }) => {
        const file = (document.querySelector("#archive") as HTMLInputElement).files?.[0];
        if (!file) throw new Error("no archive was chosen");
        const scope = globalThis as unknown as {
          module: typeof import("../../src/index.js");
          engine?: import("../../src/index.js").Engine;
        };
        const engine = (scope.engine ??= scope.module.createEngine({ workers }));
        const start = performance.now();
        const archive = await engine.open(file);
        const list = performance.now() - start;
        const report: Report = await archive.scan();
        const tree = await archive.openTree(0);
        const { rows } = await tree.state();
        const time = performance.now() - start;
        await archive.close();
        if (!kept) {
          engine.close();
          delete scope.engine;
        }
        const { layers = [] } = report.images[0] ?? {};
        const verified = layers.filter(
          ({ verification, diffId }) =>
            verification.status === "verified" && diffId.status === "verified",
        );
        if (verified.length !== layers.length || rows === 0) throw new Error("not all is verified");
        return { time, list };
      },
      { workers, kept },
    );
  });
}

/** A page that has no engine: see `plain/page.ts`. */
export function plain(
  name: string,
  address: string,
  stack: "browser" | "packages",
  workers: number,
): Contender {
  return inPage(name, address, (page) =>
    page.evaluate(
      async ({ stack, workers }) => {
        const file = (document.querySelector("#archive") as HTMLInputElement).files?.[0];
        if (!file) throw new Error("no archive was chosen");
        const { verify } = globalThis as unknown as {
          verify: (
            file: File,
            stack: string,
            workers: number,
          ) => Promise<{ layers: number; verified: number; paths: number }>;
        };
        const start = performance.now();
        const { layers, verified, paths } = await verify(file, stack, workers);
        const time = performance.now() - start;
        if (verified !== layers || paths === 0) throw new Error("not all is verified");
        return { time };
      },
      { stack, workers },
    ),
  );
}

/** Builds the plain page into a folder, and serves it. */
export async function servePlain(folder: string): Promise<{ address: string; server: Server }> {
  await build({
    root: "bench/archives/plain",
    configFile: false,
    logLevel: "error",
    base: "./",
    build: { outDir: folder, emptyOutDir: true, target: "es2022" },
    worker: { format: "es" },
  });
  const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript" };
  const server = createServer(({ url: path = "/" }, answer) => {
    const name = path === "/" ? "index.html" : path.slice(1);
    const file = join(folder, name);
    if (!existsSync(file)) {
      answer.writeHead(404).end();
      return;
    }
    answer.writeHead(200, { "content-type": types[extname(name)] ?? "application/octet-stream" });
    answer.end(readFileSync(file));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return { address: `http://127.0.0.1:${address.port}/`, server };
}

function inPage(
  name: string,
  address: string,
  work: (page: Page) => Promise<{ time: number; list?: number }>,
): Contender {
  const runs = async (
    context: BrowserContext,
    profile: string,
    archive: string,
    times: number,
  ): Promise<Run[]> => {
    const protocol = await Protocol.connect(profile, new URL(address).origin);
    try {
      const page = context.pages()[0] ?? (await context.newPage());
      await page.goto(address);
      await page.evaluate(() => {
        const input = document.createElement("input");
        input.type = "file";
        input.id = "archive";
        document.body.append(input);
        const longTasks: number[] = [];
        Object.assign(globalThis, { longTasks });
        new PerformanceObserver((entries) => {
          longTasks.push(...entries.getEntries().map(({ duration }) => duration));
        }).observe({ type: "longtask" });
      });
      await page.locator("#archive").setInputFiles(archive);
      const done: Run[] = [];
      for (let time = 0; time < times; time += 1) {
        if (canMeasure) await resetPeaks(protocol);
        const before = await processorTime(protocol);
        const taken = await work(page);
        const processor = (await processorTime(protocol)) - before;
        const memory = canMeasure ? { memory: await peakOfRenderers(protocol) } : {};
        await page.waitForTimeout(200);
        const longTasks = await page.evaluate(
          () => (globalThis as unknown as { longTasks: number[] }).longTasks.splice(0).length,
        );
        done.push({ ...taken, ...memory, processor, longTasks });
      }
      return done;
    } finally {
      protocol.close();
    }
  };
  return {
    name,
    run: (archive, times) =>
      inFolder(async (folder) => {
        const profile = join(folder, "profile");
        const context = await launch(profile);
        try {
          return await runs(context, profile, archive, times);
        } finally {
          await context.close();
        }
      }),
  };
}
