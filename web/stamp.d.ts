/** Names what page and workers are built from; they compare it before they talk to each other. */
export function stampOf(): string;
