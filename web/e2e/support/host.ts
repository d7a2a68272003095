import { createReadStream, statSync } from "node:fs";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

/** How a server answers a request for a range. */
export type Ranges =
  /** As it should. */
  | "right"
  /** With all of the file. */
  | "none"
  /** With 206 and other bytes than asked for. */
  | "shifted"
  /** With 206 and no word on which bytes they are. */
  | "silent"
  /** With 206 and fewer bytes than it says. */
  | "short"
  /** As it should, but of a file that changes with every request. */
  | "changing";

export interface Served {
  readonly ranges?: Ranges;
  /** Headers of every answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds before each piece of an answer. */
  readonly pause?: number;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  /** Bytes of the body that were sent. */
  sent: number;
  /** Whether the other side went away before the end. */
  broken: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
};

/** Somebody else's web server: it has pages and files, counts bytes, and answers as it is told to. */
export class Host {
  readonly asked: Asked[] = [];
  readonly #server: Server;
  readonly #texts = new Map<string, { text: string; headers: Record<string, string> }>();
  readonly #folders: { prefix: string; folder: string; served: Served }[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
  }

  static async start(): Promise<Host> {
    const host = new Host();
    await new Promise<void>((resolve) => {
      host.#server.listen(0, "127.0.0.1", resolve);
    });
    return host;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Bytes sent for paths that begin so. */
  sent(prefix: string): number {
    return this.asked
      .filter(({ path }) => path.startsWith(prefix))
      .reduce((sum, { sent }) => sum + sent, 0);
  }

  text(path: string, text: string, headers: Record<string, string> = {}): void {
    this.#texts.set(path, { text, headers });
  }

  /** Has the files of a folder, or one file, under a path. */
  files(prefix: string, folder: string, served: Served = {}): void {
    this.#folders.push({ prefix, folder, served });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", this.origin).pathname;
    const { range } = request.headers;
    const asked: Asked = { method: request.method ?? "", path, range, sent: 0, broken: false };
    this.asked.push(asked);
    const gone = once(response, "close").then(() => {
      asked.broken = !response.writableFinished;
    });
    const page = this.#texts.get(path);
    if (page) {
      response.writeHead(200, { "Content-Type": TYPES[".html"], ...page.headers });
      response.end(page.text);
      return;
    }
    const mount = this.#folders.find(({ prefix }) => path.startsWith(prefix));
    const file =
      mount && normalize(join(mount.folder, decodeURIComponent(path.slice(mount.prefix.length))));
    let size: number;
    try {
      size = file === undefined ? -1 : statSync(file).isFile() ? statSync(file).size : -1;
    } catch {
      size = -1;
    }
    if (!mount || file === undefined || size < 0) {
      response.writeHead(404, { ...mount?.served.headers }).end();
      return;
    }
    const { ranges = "right", headers = {}, pause = 0 } = mount.served;
    const said = ranges === "none" ? null : /^bytes=(\d+)-(\d+)$/.exec(range ?? "");
    const from = said ? Math.min(Number(said[1]) + (ranges === "shifted" ? 1 : 0), size) : 0;
    const to = said ? Math.min(Number(said[2]) + 1, size) : size;
    const length = to - from - (said && ranges === "short" ? 1 : 0);
    response.writeHead(said ? 206 : 200, {
      "Content-Type": TYPES[extname(file)] ?? "application/octet-stream",
      "Content-Length": length,
      ...(said && ranges !== "silent"
        ? { "Content-Range": `bytes ${from}-${to - 1}/${size}` }
        : {}),
      ETag: ranges === "changing" ? `"${this.asked.length}"` : `"${size}"`,
      "Cache-Control": "no-store",
      ...headers,
    });
    if (request.method === "HEAD" || length <= 0) {
      response.end();
      return;
    }
    for await (const piece of createReadStream(file, { start: from, end: from + length - 1 })) {
      if (response.destroyed) return;
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      asked.sent += (piece as Buffer).length;
      if (!response.write(piece)) {
        await Promise.race([once(response, "drain"), gone]);
      }
    }
    response.end();
  }
}
