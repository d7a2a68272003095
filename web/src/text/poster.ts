/** What is said before the viewer is there. */
export const posterText = {
  product: "oci-lens",
  open: (name: string) => `Look into ${name}`,
  image: "image",
  layer: "layer",
  loading: "The viewer is being loaded",
  failed: "The viewer could not be loaded",
  again: "Try again",
} as const;
