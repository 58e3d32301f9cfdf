import { HostError } from "../../errors/index.ts";

/** Records that are read at one time. */
const BATCH = 16;

/**
 * Reads the records of some names, a few at a time.
 *
 * @param maxBytes - of all of them; when there are more, the rest is not read.
 * @throws HostError `input.too_large`, or what the reading throws.
 */
export async function readBounded(
  names: readonly string[],
  maxBytes: number,
  read: (name: string) => Promise<Uint8Array | undefined>,
): Promise<(Uint8Array | undefined)[]> {
  const records: (Uint8Array | undefined)[] = [];
  let bytes = 0;
  for (let at = 0; at < names.length; at += BATCH) {
    const some = await Promise.all(names.slice(at, at + BATCH).map(read));
    bytes += some.reduce((sum, record) => sum + (record?.length ?? 0), 0);
    if (bytes > maxBytes) {
      throw new HostError("input.too_large", `These keys hold more than ${maxBytes} bytes together`);
    }
    records.push(...some);
  }
  return records;
}
