import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".tar": "application/x-tar",
  ".wasm": "application/wasm",
};

/** What a package under a strict policy needs, and no more. */
export const STRICT =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; " +
  "style-src 'self'; connect-src 'self'; img-src 'self' data: blob:";

export interface Site {
  /** Where the folder is served, below a path that is not the host's root. */
  readonly url: string;
  /** Paths that were asked for, below that. */
  readonly asked: string[];
  /** Serves another folder at the same address. */
  replace: (folder: string) => void;
}

export interface SiteOptions {
  policy?: string;
  /** The path below which the folder is served. */
  base?: string;
  /** Whether pages of other origins may read what is served. */
  anyOrigin?: boolean;
}

/** Runs with a folder on a static host. */
export async function withSite<T>(
  folder: string,
  { policy, base = "/some/where/", anyOrigin = false }: SiteOptions,
  work: (site: Site) => Promise<T>,
): Promise<T> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://host").pathname);
    const below = path.startsWith(base) ? path.slice(base.length) : undefined;
    let file = below === undefined ? undefined : join(folder, normalize(`/${below}`));
    if (file !== undefined && existsSync(file) && statSync(file).isDirectory()) {
      file = join(file, "index.html");
    }
    // Of the same name without the extension, as most hosts do.
    if (file !== undefined && !existsSync(file) && existsSync(`${file}.html`)) file += ".html";
    if (below === undefined || file === undefined || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    asked.push(below);
    response.writeHead(200, {
      "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
      ...(anyOrigin ? { "Access-Control-Allow-Origin": "*" } : {}),
      ...(policy === undefined ? {} : { "Content-Security-Policy": policy }),
    });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const replace = (other: string): void => {
    folder = other;
  };
  try {
    return await work({ url: `http://127.0.0.1:${port}${base}`, asked, replace });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
