export * from "./define.js";
export * from "./client.js";
