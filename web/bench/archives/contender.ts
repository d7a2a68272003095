/** What one run over an archive took, all of its layers verified. */
export interface Run {
  /** Milliseconds. */
  readonly time: number;
  /** Milliseconds until images and layers were known, where that is told. */
  readonly list?: number;
  /** The most memory that the page's process had, in bytes, where that can be measured. */
  readonly memory?: number;
  /** Milliseconds that all of the browser's processes were on the processors, where it is one. */
  readonly processor?: number;
  /** Tasks of the main thread of more than 50 ms. */
  readonly longTasks?: number;
}

/** Who does the work: digests of all blobs, diff IDs of all layers, the merged tree. */
export interface Contender {
  readonly name: string;
  /** Does the work, `times` times in a row in a process of its own where it is a browser. */
  readonly run: (archive: string, times: number) => Promise<Run[]>;
}
