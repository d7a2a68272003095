import { abortError, EngineError, isAbort, messageOf } from "./errors.js";

/** What an answer tells of the file that it is a part of: all parts have to be of the same one. */
export interface Version {
  readonly size: number;
  readonly tag: string | undefined;
}

/** Bytes that a server has. */
export interface RemotePart {
  readonly url: string;
  readonly offset: number;
  readonly size: number;
  /** The file that this is a range of; none where it is all that the address has. */
  readonly of: Version | undefined;
}

/** Asks a server; every other answer than one with bytes is a failure. */
export async function ask(
  url: string,
  { range, signal }: { range?: readonly [from: number, to: number]; signal?: AbortSignal } = {},
): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, {
      // A range of this form needs no leave of a server on another origin.
      ...(range ? { headers: { Range: `bytes=${range[0]}-${range[1] - 1}` } } : {}),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted === true) throw abortError();
    throw await unreachable(url, error);
  }
  if (answer.ok) return answer;
  void answer.body?.cancel();
  throw new EngineError({
    code: "source-status",
    message: `the server answers ${`${answer.status} ${answer.statusText}`.trim()} for ${url}`,
  });
}

// A page is not told why a request failed. One that asks for nothing to be read tells whether
// the server is there at all.
async function unreachable(url: string, error: unknown): Promise<EngineError> {
  const { origin } = new URL(url);
  if (origin !== self.origin) {
    const look = fetch(url, { method: "HEAD", mode: "no-cors", credentials: "omit" });
    const isThere = await look.then(
      () => true,
      () => false,
    );
    if (isThere) {
      return new EngineError({
        code: "source-cors",
        message:
          `${origin} does not let this page read ${url}: ` +
          `its answer needs the header Access-Control-Allow-Origin for ${self.origin}`,
      });
    }
  }
  return new EngineError({
    code: "source-unreachable",
    message:
      `${url} cannot be read: ${messageOf(error)}; ` +
      "the network or the page's Content-Security-Policy does not let it through",
  });
}

/** Which bytes an answer says it has, and of what; none where it does not say so exactly. */
export function rangeOf(
  answer: Response,
): { readonly from: number; readonly to: number; readonly of: Version } | undefined {
  const { status, headers } = answer;
  const said = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(headers.get("Content-Range") ?? "");
  // What was encoded on the way was cut after that, or before: nobody knows.
  if (status !== 206 || !said || headers.has("Content-Encoding")) return undefined;
  const tag = headers.get("ETag") ?? headers.get("Last-Modified") ?? undefined;
  return { from: Number(said[1]), to: Number(said[2]) + 1, of: { size: Number(said[3]), tag } };
}

/** The bytes of a part in order, from one answer that is read as it comes. */
export async function* piecesOfPart(
  part: RemotePart,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (part.size === 0) return;
  const { body } = await answerOf(part, [0, part.size], signal);
  const reader = body?.getReader();
  let taken = 0;
  try {
    // Of a longer file a little too much is taken: it has another digest then.
    while (reader && taken <= part.size) {
      const { value, done } = await reader.read();
      if (done) break;
      taken += value.length;
      yield value;
    }
  } catch (error) {
    throw signal?.aborted === true ? abortError() : broken(part.url, taken, error);
  } finally {
    reader?.cancel().catch(() => undefined);
  }
  if (part.of && taken !== part.size) throw changed(part.url);
}

/** Reads parts of a part, each by a request of its own. */
export class PartReader {
  readonly size: number;
  readonly #part: RemotePart;
  #whole: Blob | undefined;

  constructor(part: RemotePart) {
    this.#part = part;
    this.size = part.size;
  }

  /** Whether the server gave all bytes when it was asked for some. */
  get isWhole(): boolean {
    return this.#whole !== undefined;
  }

  /** The bytes from `from` to before `to`; fewer where the part ends. */
  async read(from: number, to: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const part = this.#part;
    const end = Math.min(to, part.size);
    if (from >= end) return new Uint8Array();
    if (!this.#whole) {
      const answer = await answerOf(part, [from, end], signal);
      if (answer.status === 206) {
        const bytes = new Uint8Array(await bodyOf(part.url, answer.arrayBuffer()));
        if (bytes.length !== end - from) throw changed(part.url);
        return bytes;
      }
      // A server without ranges gave all: it is asked once.
      this.#whole = await bodyOf(part.url, answer.blob());
    }
    return new Uint8Array(await this.#whole.slice(from, end).arrayBuffer());
  }
}

// What a server answers for bytes of a part: just these, or, of a whole file, all of it.
async function answerOf(
  part: RemotePart,
  [from, to]: readonly [number, number],
  signal: AbortSignal | undefined,
): Promise<Response> {
  const { url, offset, of } = part;
  const options = signal ? { signal } : {};
  if (!of && from === 0 && to === part.size) return ask(url, options);
  const range = [offset + from, offset + to] as const;
  const answer = await ask(url, { ...options, range });
  if (!of && answer.status === 200) return answer;
  const got = rangeOf(answer);
  if (
    got?.from === range[0] &&
    got.to === range[1] &&
    (!of || (got.of.size === of.size && got.of.tag === of.tag))
  ) {
    return answer;
  }
  void answer.body?.cancel();
  throw changed(url);
}

async function bodyOf<T>(url: string, body: Promise<T>): Promise<T> {
  try {
    return await body;
  } catch (error) {
    throw isAbort(error) ? error : broken(url, 0, error);
  }
}

/** What was read broke off. */
export function broken(url: string, taken: number, error: unknown): EngineError {
  const why = messageOf(error);
  return new EngineError({
    code: "read-failed",
    message: `${url} broke off${taken > 0 ? ` after ${taken} bytes` : ""}: ${why}`,
  });
}

function changed(url: string): EngineError {
  return new EngineError({
    code: "source-changed",
    message: `the server gives other bytes of ${url} than it was asked for: has the file changed?`,
  });
}

/** All bytes of a part. */
export async function wholePart(part: RemotePart): Promise<Blob> {
  const pieces: Blob[] = [];
  for await (const piece of piecesOfPart(part)) pieces.push(new Blob([piece]));
  return new Blob(pieces);
}
