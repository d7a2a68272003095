import type { Target } from "../options.js";
import { platformText } from "./format.js";
import { parseFragment, type Place } from "./place.js";
import type { ImageView, Report } from "./types.js";

/** Where an author's words lead in an archive; nothing of what is not there. */
export function placeOf(target: Target, report: Report): Partial<Place> {
  const { image, platform, layer, path, view } = target;
  const place: { -readonly [K in keyof Place]?: Place[K] } = {};
  // The words of a deep link, with its rules. What a tree shows is files.
  const name = view === "tree" ? "files" : (view ?? "");
  Object.assign(place, parseFragment(`view=${name}&layers=${layer ?? ""}`));
  if (path !== undefined) place.path = new TextEncoder().encode(path.replace(/^\//, ""));
  const found = report.images.find(
    (each) =>
      (image === undefined || isNamed(each, image)) &&
      (platform === undefined || (each.platform && platformText(each.platform) === platform)),
  );
  if (found && (image !== undefined || platform !== undefined)) place.image = found.number;
  return place;
}

function isNamed({ number, names, digest }: ImageView, name: string): boolean {
  return String(number) === name || names.includes(name) || digest === name;
}
