/** The part of a page's Trusted Types that is used here. */
interface TrustedTypes {
  createPolicy: (
    name: string,
    rules: { createScriptURL: (address: string) => string },
  ) => { createScriptURL: (address: string) => string };
}

declare const trustedTypes: TrustedTypes | undefined;

let policy: ReturnType<TrustedTypes["createPolicy"]> | undefined;

/** An address of a script of this package's own, as a page that has Trusted Types takes it. */
export function scriptAddress(address: string): string {
  try {
    policy ??= trustedTypes?.createPolicy("oci-lens", { createScriptURL: (given) => given });
  } catch {
    // There are none, or a page forbids policies, and yet may take plain addresses.
  }
  return policy?.createScriptURL(address) ?? address;
}
