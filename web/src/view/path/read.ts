import { EngineError } from "../../errors.js";
import type { Content, Watched } from "../api.js";

/** Bytes that are asked for at a time while a file is saved. */
export const PIECE = 16 * 1024 * 1024;

/** Reads a part of one file. */
export type ReadPart = (offset: number, length: number, watched?: Watched) => Promise<Content>;

/** A file's bytes in pieces, each read when it is wanted. */
export function contentStream(
  read: ReadPart,
  size: number,
  { signal, onProgress }: Watched,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let offset = 0;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull: async (controller) => {
        if (offset >= size) {
          controller.close();
          return;
        }
        const length = Math.min(PIECE, size - offset);
        const { bytes } = await read(offset, length, signal ? { signal } : {});
        if (bytes.length === 0) {
          throw new EngineError({
            code: "read-failed",
            message: `expected ${size} bytes, but the file ended after ${offset}`,
          });
        }
        offset += bytes.length;
        controller.enqueue(bytes);
        onProgress?.({ done: offset, total: size });
      },
    },
    { highWaterMark: 0 },
  );
}

/** The name under which a path is saved: its last part. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1) || "root";
}
