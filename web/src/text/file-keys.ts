/** What keys do in the files. */
export const fileKeysText = {
  move: "Move, open and close folders",
  page: "A page, to the first and last row",
  choose: "Details of the path; opens a folder, too",
  toggle: "Open or close a folder",
  collapseAll: "Collapse all",
  filter: "Filter",
  added: "Show added paths or not",
  removed: "Show removed paths or not",
  modified: "Show modified paths or not",
  unchanged: "Show unchanged paths or not",
  attributes: "Show mode, owner and time or not",
  sort: "Sort by size, by name",
  map: "Size map, list",
  copy: "Copy the path",
  clear: "Clear the filter, close the details",
} as const;
