/** The two sets of colours. */
export type Theme = "light" | "dark";

const TOGGLES = ["class", "data-theme", "data-md-color-scheme", "data-color-mode"] as const;

// mdBook's themes, of which each is a class of the page.
const CLASSES: Readonly<Record<string, Theme>> = {
  dark: "dark",
  light: "light",
  ayu: "dark",
  coal: "dark",
  navy: "dark",
  rust: "light",
};

/** Which colours a page's own toggle has chosen; none where it has no such toggle. */
export function themeOf(root: HTMLElement, body: HTMLElement | null): Theme | undefined {
  for (const element of body ? [body, root] : [root]) {
    // Docusaurus, Furo and the Read the Docs of Sphinx; Material; GitHub's.
    const said =
      element.getAttribute("data-theme") ??
      element.getAttribute("data-md-color-scheme") ??
      element.getAttribute("data-color-mode");
    if (said === "dark" || said === "slate") return "dark";
    if (said === "light" || said === "default") return "light";
    for (const name of element.classList) {
      const theme = CLASSES[name];
      if (theme) return theme;
    }
  }
  return undefined;
}

/** Follows the page's toggle until it is told to stop. */
export function followTheme(changed: (theme: Theme | undefined) => void): () => void {
  const { documentElement: root, body } = document;
  const tell = (): void => {
    changed(themeOf(root, body));
  };
  const observer = new MutationObserver(tell);
  for (const element of [root, body]) {
    observer.observe(element, { attributes: true, attributeFilter: [...TOGGLES] });
  }
  tell();
  return () => {
    observer.disconnect();
  };
}
