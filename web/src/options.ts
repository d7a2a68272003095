/** What an author may ask of a viewer: the element's attributes as they stand. */
export interface ViewerOptions {
  readonly src?: string | undefined;
  readonly name?: string | undefined;
  readonly image?: string | undefined;
  readonly platform?: string | undefined;
  readonly layer?: string | undefined;
  readonly path?: string | undefined;
  readonly view?: string | undefined;
  readonly depth?: string | undefined;
  readonly highlight?: string | undefined;
  readonly with?: string | undefined;
  readonly sample?: string | undefined;
  readonly links?: boolean;
  readonly sameOrigin?: boolean;
  readonly withoutDrop?: boolean;
  readonly withoutToolbar?: boolean;
}

/** The options that say where a viewer is to go. */
export const TARGET = ["image", "platform", "layer", "path", "view"] as const;

/** The views that can be figures: as high as what they show, with nothing around it. */
const FIGURES = ["tree", "layers", "keys", "compare"] as const;

export type Figure = (typeof FIGURES)[number];

/** The figure that is asked for. A tree is one anyhow, any other view without toolbar. */
export function figureOf({ view, withoutToolbar }: ViewerOptions): Figure | undefined {
  return FIGURES.find((name) => name === view && (name === "tree" || withoutToolbar));
}

export type Target = Pick<ViewerOptions, (typeof TARGET)[number]>;
