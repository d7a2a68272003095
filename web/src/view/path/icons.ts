import { outline } from "../icons.js";

export const downloadIcon = outline("M8 2v8.2M4.6 7 8 10.4 11.4 7M2.5 13.5h11");
export const fillIcon = outline("M9.5 2.5h4v4M13.5 2.5 9 7M6.5 13.5h-4v-4M2.5 13.5 7 9");
export const restoreIcon = outline("M13.5 6.5h-4v-4M9.5 6.5 14 2M2.5 9.5h4v4M6.5 9.5 2 14");
