/** What is to be kept: at hand, or made while it is written. */
export type Keepable = Blob | (() => Promise<ReadableStream<Uint8Array<ArrayBuffer> | string>>);

interface PickerWindow {
  showSaveFilePicker?: (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;
}

/**
 * Lets the user keep bytes. They are written to the disk as they are made where the browser has a
 * picker for files; elsewhere they are gathered by the browser, on its disk, and downloaded.
 * Resolves to false when the user chose no file.
 */
export async function save(name: string, bytes: Keepable, signal?: AbortSignal): Promise<boolean> {
  const suggestedName = fileName(name);
  const chosen = await pick(suggestedName);
  if (chosen === "none") return false;
  if (chosen === "download") {
    download(suggestedName, bytes instanceof Blob ? bytes : await gather(await bytes(), signal));
    return true;
  }
  const writable = await chosen.createWritable();
  const stream = bytes instanceof Blob ? bytes.stream() : await bytes();
  // Aborting discards what was written: a file is there whole or not at all.
  const target: WritableStream<Uint8Array<ArrayBuffer> | string> = writable;
  await stream.pipeTo(target, signal ? { signal } : {});
  return true;
}

async function pick(suggestedName: string): Promise<FileSystemFileHandle | "none" | "download"> {
  const { showSaveFilePicker } = globalThis as PickerWindow;
  if (!showSaveFilePicker) return "download";
  try {
    return await showSaveFilePicker({ suggestedName });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return "none";
    // Not allowed in a frame of another origin.
    return "download";
  }
}

async function gather(
  stream: ReadableStream<Uint8Array<ArrayBuffer> | string>,
  signal?: AbortSignal,
): Promise<Blob> {
  const parts: Blob[] = [];
  let pending: (Uint8Array<ArrayBuffer> | string)[] = [];
  let size = 0;
  const sink = new WritableStream<Uint8Array<ArrayBuffer> | string>({
    write: (chunk) => {
      pending.push(chunk);
      size += chunk.length;
      // A blob may lie on the disk, an array of chunks may not.
      if (size < 8 << 20) return;
      parts.push(new Blob(pending));
      pending = [];
      size = 0;
    },
  });
  await stream.pipeTo(sink, signal ? { signal } : {});
  return new Blob([...parts, ...pending]);
}

function download(name: string, bytes: Blob): void {
  const link = document.createElement("a");
  link.download = name;
  link.href = URL.createObjectURL(bytes);
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 60_000);
}

/** A name that every file system takes. */
export function fileName(name: string): string {
  const plain = name
    .replace(/[\p{Cc}\p{Cf}<>:"/\\|?*]/gu, "_")
    .replace(/^[. ]+|[. ]+$/g, "")
    .slice(0, 120);
  return plain === "" ? "file" : plain;
}
