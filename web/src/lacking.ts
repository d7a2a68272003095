/** Whether each of the things is there that the viewer cannot do without; `refusal` has their names. */
export const NEEDED: readonly (() => boolean)[] = [
  // Some browsers' hardened modes take it away.
  () => typeof WebAssembly === "object",
  () => "any" in AbortSignal,
  () => CSS.supports("selector(:state(a))"),
  () => CSS.supports("color", "light-dark(red, red)"),
];

/** The number of the first that this browser lacks; -1 where all are there. */
export function lacking(): number {
  return NEEDED.findIndex((there) => !there());
}
