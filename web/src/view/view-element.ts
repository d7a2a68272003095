import { LitElement, type PropertyValues } from "lit";
import { property } from "lit/decorators.js";

import type { Keepable } from "../save.js";
import type { ArchiveSource } from "../source.js";
import type { ViewerOptions } from "../options.js";
import type { Session } from "../session.js";
import type { OpenedArchive } from "./api.js";
import { drawWhole } from "./long-list.js";
import type { Copy } from "./parts.js";
import type { Place } from "./place.js";
import type { ImageView, Report } from "./types.js";

/** What a view may ask of the viewer around it. */
export interface ViewHost {
  /** Puts a text on the clipboard and says so. */
  copy: Copy;
  /** Shows something else; what is not given stays. It is a step that Back takes back. */
  go: (to: Partial<Place>) => void;
  /** Takes a report that a call gave. */
  take: (report: Report) => void;
  /** Says something in the live region. */
  say: (text: string) => void;
  /**
   * Lets the user keep bytes: streamed to disk where the browser allows it, else as a download.
   * Resolves to false when the user thought better of it.
   */
  save: (name: string, bytes: Keepable, signal?: AbortSignal) => Promise<boolean>;
  /** Prints the report. */
  print: () => Promise<void>;
  /** What is at an address that the author gives. */
  sourceAt: (address: string) => ArchiveSource;
  /** Opens another archive beside the one that is open; the view closes it. */
  open: (source: ArchiveSource | Blob, signal?: AbortSignal) => Promise<OpenedArchive>;
}

/** What every view of an open archive is given. A view is loaded when it is first shown. */
export class ViewElement extends LitElement {
  @property({ attribute: false }) archive!: OpenedArchive;
  @property({ attribute: false }) report!: Report;
  /** The image that is chosen; none in an archive without any. */
  @property({ attribute: false }) image: ImageView | undefined;
  @property({ attribute: false }) place!: Place;
  /** Counts up whenever more layers are applied. */
  @property({ attribute: false }) revision = 0;
  /** Whether layers are still being read. */
  @property({ attribute: false }) scanning = false;
  @property({ attribute: false }) host!: ViewHost;
  /** What the author asks for. */
  @property({ attribute: false }) options: ViewerOptions = {};
  /** Whether this is a figure, which shows and asks for nothing. */
  @property({ attribute: false }) figure = false;
  /** Whether that is drawn for paper, which has room for lists as long as they are. */
  @property({ attribute: false }) printing = false;

  protected override update(changed: PropertyValues): void {
    drawWhole(() => {
      super.update(changed);
    }, this.printing);
  }

  /** Whether another image was chosen: a new report has the same one as another object. */
  protected isOtherImage(changed: PropertyValues<this>): boolean {
    return changed.has("image") && changed.get("image")?.number !== this.image?.number;
  }
}

/** What a view is given. */
export type ViewProperties = Pick<
  ViewElement,
  "archive" | "report" | "image" | "place" | "revision" | "scanning" | "host" | "options"
>;

/** What is shown of an archive, to be given to a view. */
export function viewProperties(
  session: Session,
  place: Place,
  host: ViewHost,
  options: ViewerOptions,
): ViewProperties {
  const { archive, report, scanning } = session;
  return {
    ...{ archive, report, scanning, place, host, options },
    image: report.images[place.image],
    revision: session.revision(place.image),
  };
}
