import { joined } from "../../bytes/index.ts";
import { isEmpty, malformed, readTarHeader, TAR_BLOCK, writeTarHeader } from "./tar-header.ts";

/** A file in a tar. */
export interface TarFile {
  /** Path; characters beyond ASCII are not decoded. */
  readonly name: string;
  readonly data: Uint8Array;
}

/** Two blocks of zeros. */
const END_BYTES = 2 * TAR_BLOCK;
const MAX_FILES = 1_024;

/** A tar as the first-party writer makes it. Contracts section 5.2. */
export function writeTar(files: readonly TarFile[]): Uint8Array<ArrayBuffer> {
  const parts = files.flatMap(({ name, data }) => [
    writeTarHeader({ name, size: data.length }),
    data,
    new Uint8Array(padded(data.length) - data.length),
  ]);
  return joined([...parts, new Uint8Array(END_BYTES)]);
}

/**
 * The files of a tar, as views of its bytes. Stricter than tar itself: plain files with short names only, no name
 * twice, an end marker, and nothing but zeros after it.
 * @throws HostError `archive.malformed`
 */
export function readTar(bytes: Uint8Array): readonly TarFile[] {
  const files = new Map<string, TarFile>();
  let offset = 0;
  for (;;) {
    const header = bytes.subarray(offset, offset + TAR_BLOCK);
    if (header.length < TAR_BLOCK) throw malformed("it ends too early");
    if (isEmpty(header)) break;
    const { name, size } = readTarHeader(header);
    const start = offset + TAR_BLOCK;
    if (start + padded(size) > bytes.length) throw malformed(`${JSON.stringify(name)} ends too early`);
    if (files.has(name)) throw malformed(`it has ${JSON.stringify(name)} twice`);
    if (files.size >= MAX_FILES) throw malformed(`it has more than ${MAX_FILES} files`);
    files.set(name, { name, data: bytes.subarray(start, start + size) });
    offset = start + padded(size);
  }
  if (bytes.length - offset < END_BYTES) throw malformed("it ends too early");
  if (!isEmpty(bytes.subarray(offset))) throw malformed("it goes on after its end marker");
  return [...files.values()];
}

function padded(size: number): number {
  return Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
}
