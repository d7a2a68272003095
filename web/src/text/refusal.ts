/** The oldest browsers that the viewer works in; the builds aim at them, too. */
export const BROWSERS = "Chrome or Edge 125, Firefox 126, Safari 17.5, or newer";

/** What is said in older ones. */
export const refusalText = (lacking: string) =>
  `The viewer needs ${BROWSERS}: this browser has no ${lacking}`;

/** What a copy of the module says that came after one of another build. */
export const otherBuildText = (first: string, own: string) =>
  `<oci-lens> is of build ${first} here, that of build ${own} is not used`;
