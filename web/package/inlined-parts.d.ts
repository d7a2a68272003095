/** A part as text: a script as it is, wasm packed by gzip and written in base64. */
declare module "inlined:*" {
  const text: string;
  export default text;
}
