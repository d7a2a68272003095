/** What an author may ask of a viewer: the element's attributes as they stand. */
export interface ViewerOptions {
  readonly src?: string | undefined;
  readonly name?: string | undefined;
  readonly image?: string | undefined;
  readonly platform?: string | undefined;
  readonly layer?: string | undefined;
  readonly path?: string | undefined;
  readonly view?: string | undefined;
  readonly sample?: string | undefined;
  readonly links?: boolean;
  readonly sameOrigin?: boolean;
  readonly withoutDrop?: boolean;
  readonly withoutToolbar?: boolean;
}

/** The options that say where a viewer is to go. */
export const TARGET = ["image", "platform", "layer", "path", "view"] as const;

export type Target = Pick<ViewerOptions, (typeof TARGET)[number]>;
