import type { Locator } from "playwright-core";

/** Whether an element's text is light, as it is on something dark. */
export function isOnDark(element: Locator): Promise<boolean> {
  return element.evaluate((found) => {
    const [red = 0, green = 0, blue = 0] = [
      ...getComputedStyle(found).color.matchAll(/\d+(?:\.\d+)?/g),
    ].map(([part]) => Number(part));
    return red + green + blue > 3 * 127;
  });
}
