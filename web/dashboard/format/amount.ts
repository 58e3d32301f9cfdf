const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** A number of bytes for reading: `12 B`, `1.5 KiB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 || Number.isInteger(value) ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** A count with its noun: `1 call`, `2 calls`. */
export function countText(count: number, one: string, many: string = `${one}s`): string {
  return `${numberText(count)} ${count === 1 ? one : many}`;
}

/** A whole number with separators. */
export function numberText(value: number): string {
  return value.toLocaleString("en");
}
