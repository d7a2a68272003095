/** The report's types as the core generates them. */
export type * from "../../generated/simd/engine.js";
