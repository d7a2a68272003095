const LOCALE = "en";
const IEC = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] as const;

export const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(LOCALE, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** Bytes with an IEC unit: three digits at most before the unit changes. */
export function bytes(value: number | string): string {
  let number = Number(value);
  if (!Number.isFinite(number) || number < 0) return String(value);
  let unit = 0;
  // 1023.95 would be written as 1024.0: the next unit reads better.
  while (number >= (unit === 0 ? 1024 : 1023.95) && unit < IEC.length - 1) {
    number /= 1024;
    unit += 1;
  }
  const text = unit === 0 || number >= 99.95 ? whole.format(number) : tenths.format(number);
  return `${text} ${IEC[unit] ?? ""}`;
}

/** The exact number of bytes. A decimal string may pass what a number can hold. */
export function exactBytes(value: number | string): string {
  const digits = String(value);
  const text = /^\d+$/.test(digits) ? whole.format(BigInt(digits)) : digits;
  return `${text} ${digits === "1" ? "byte" : "bytes"}`;
}

export function count(value: number): string {
  return whole.format(value);
}

/** A count and its noun. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${whole.format(value)} ${value === 1 ? one : many}`;
}
