import { readFileSync, writeFileSync } from "node:fs";

import type { Protocol } from "./protocol.js";

/** Whether this system tells what a process has used at most. */
export const canMeasure = process.platform === "linux";

/** The most resident memory that any process with pages in it has used since `resetPeaks`, in bytes. */
export async function peakOfRenderers(protocol: Protocol): Promise<number> {
  const peaks = (await renderers(protocol)).map((pid) => {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  });
  return Math.max(...peaks);
}

export async function resetPeaks(protocol: Protocol): Promise<void> {
  for (const pid of await renderers(protocol)) writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

async function renderers(protocol: Protocol): Promise<number[]> {
  const answer = (await protocol.send("SystemInfo.getProcessInfo")) as {
    processInfo: { type: string; id: number }[];
  };
  return answer.processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
}
