import type { Report } from "../generated/simd/engine.js";
import type { CallContext } from "./answerer.js";
import type { Unpacked } from "./archives.js";
import { withBytes } from "./bytes.js";
import type { OpenProgress } from "./protocol.js";
import { isFolderUrl, openRemoteFolder } from "./remote-folder.js";
import { openRemote, wantsWhole } from "./remote-open.js";
import type { Scratch } from "./scratch.js";
import type { ListModule } from "./wasm.js";

interface RemoteParts extends CallContext<OpenProgress> {
  core: ListModule;
  createScratch: () => Promise<Scratch>;
  /** Takes away a compression around a file. */
  unpackFile: (file: Blob) => Promise<Unpacked>;
  list: (unpacked: Unpacked) => Promise<Report>;
}

/** Opens what is behind an address, and lists it. */
export async function listRemote(url: string, parts: RemoteParts): Promise<[Unpacked, Report]> {
  const { core, signal } = parts;
  if (isFolderUrl(url)) {
    const listed = (paths: string[], files: Unpacked["inputs"]) => core.listFolder(paths, files);
    const { paths, files } = await openRemoteFolder(url, listed, signal);
    const unpacked = { paths, inputs: files, onDemand: true };
    return [unpacked, await parts.list(unpacked)];
  }
  return listFile(url, false, parts);
}

async function listFile(
  url: string,
  whole: boolean,
  parts: RemoteParts,
): Promise<[Unpacked, Report]> {
  const { core, signal } = parts;
  const remote = await openRemote(url, whole, parts);
  if ("blob" in remote) {
    try {
      const unpacked = await parts.unpackFile(remote.blob);
      // Unpacked to elsewhere, what was fetched has done its work.
      if (unpacked.scratch) await remote.scratch.discard();
      else unpacked.scratch = remote.scratch;
      return [unpacked, await parts.list(unpacked)];
    } catch (error) {
      await remote.scratch.discard();
      throw error;
    }
  }
  const { input } = remote;
  try {
    const head = await withBytes([input], () => input.read(0, core.sniffBytes()), signal);
    if (core.sniff(head) === "none") {
      const unpacked = { inputs: [input], onDemand: true };
      return [unpacked, await parts.list(unpacked)];
    }
  } catch (error) {
    if (!wantsWhole(error)) throw error;
  }
  return listFile(url, true, parts);
}
