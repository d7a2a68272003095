import type { Protocol } from "../../e2e/support/protocol.js";

/**
 * Milliseconds that all of the browser's processes have been on the processors so far. What other
 * programs take is not in it, so that runs differ less by it than by the clock.
 */
export async function processorTime(protocol: Protocol): Promise<number> {
  const answer = (await protocol.send("SystemInfo.getProcessInfo")) as {
    processInfo: { cpuTime: number }[];
  };
  return answer.processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0);
}
