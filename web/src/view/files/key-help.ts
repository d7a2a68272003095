import { fileKeysText as text } from "../../text/file-keys.js";
import type { KeyGroup } from "../../text/sheet.js";

/** The keys of the files, with letters for those that a browser keeps for itself. */
export const KEYS: KeyGroup["keys"] = [
  [["↑", "↓", "←", "→"], text.move],
  [["Page Up", "Page Down", "Home", "End"], text.page],
  [["Enter"], text.choose],
  [["Space"], text.toggle],
  [["Ctrl+Space", "0"], text.collapseAll],
  [["Ctrl+F", "/"], text.filter],
  [["Ctrl+A", "a"], text.added],
  [["Ctrl+R", "r"], text.removed],
  [["Ctrl+M", "m"], text.modified],
  [["Ctrl+U", "u"], text.unchanged],
  [["Ctrl+B", "b"], text.attributes],
  [["Ctrl+O", "o"], text.sort],
  [["s"], text.map],
  [["Ctrl+C", "c"], text.copy],
  [["Escape"], text.clear],
];
