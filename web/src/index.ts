import "./define.js";

export * from "./client.js";
export type * from "./events.js";
export { OciLens } from "./element.js";
