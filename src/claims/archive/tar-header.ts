import { HostError } from "../../errors/index.ts";

/** Tar files are made of blocks of so many bytes: headers are one, data is filled up with zeros. */
export const TAR_BLOCK = 512;

/** Where the fields of a header are, as offset and length. Contracts section 5.2. */
const NAME = [0, 100] as const;
const SIZE = [124, 12] as const;
const MTIME = [136, 12] as const;
const CHECKSUM = [148, 8] as const;
const TYPE = 156;
const MAGIC = 257;
/** Where newer headers put the front part of a long path. */
const PREFIX = [345, 155] as const;

const GNU_MAGIC = "ustar  \0";
const REGULAR_FILE: readonly number[] = [0, "0".charCodeAt(0)];
const OCTAL = /^ *([0-7]{1,11})[ \0]*$/;

/** What a header says. */
export interface TarHeader {
  readonly name: string;
  /** Bytes of data that follow. */
  readonly size: number;
}

/**
 * A header as the first-party writer makes it: no owner, no mode, no time.
 * @param name at most 100 ASCII characters
 */
export function writeTarHeader({ name, size }: TarHeader): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(TAR_BLOCK);
  const encoder = new TextEncoder();
  header.set(encoder.encode(name), NAME[0]);
  header.set(encoder.encode(octal(size, SIZE[1])), SIZE[0]);
  header.set(encoder.encode(octal(0, MTIME[1])), MTIME[0]);
  header.set(encoder.encode(GNU_MAGIC), MAGIC);
  header.set(encoder.encode(octal(checksum(header), CHECKSUM[1])), CHECKSUM[0]);
  return header;
}

/**
 * Reads the header of a plain file with a short name.
 * @param header one block
 * @throws HostError `archive.malformed` for anything else: directories, links, long-name and extended records
 */
export function readTarHeader(header: Uint8Array): TarHeader {
  if (octalField(header, CHECKSUM) !== checksum(header)) throw malformed("a header has a wrong checksum");
  const name = nameField(header);
  const type = header[TYPE] ?? 0;
  if (!REGULAR_FILE.includes(type)) {
    throw malformed(
      `${JSON.stringify(name)} is no plain file (type ${JSON.stringify(String.fromCharCode(type))})`,
    );
  }
  if (!isEmpty(field(header, PREFIX))) throw malformed(`${JSON.stringify(name)} has a path before its name`);
  const size = octalField(header, SIZE);
  if (size === undefined) throw malformed(`the size of ${JSON.stringify(name)} is no number`);
  return { name, size };
}

/** An error about an archive that is no archive, or has what does not belong there. */
export function malformed(problem: string): HostError {
  return new HostError("archive.malformed", `Malformed provider archive: ${problem}`, {
    hint: "Get the archive from its vendor again, or write it anew with a packaging tool.",
  });
}

/** Whether all bytes are zero. */
export function isEmpty(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function field(header: Uint8Array, [offset, length]: readonly [number, number]): Uint8Array {
  return header.subarray(offset, offset + length);
}

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, "0")}\0`;
}

/** The number in a field; undefined for none, and for the binary form of sizes beyond 8 GiB. */
function octalField(header: Uint8Array, where: readonly [number, number]): number | undefined {
  const [, digits] = OCTAL.exec(String.fromCharCode(...field(header, where))) ?? [];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

function nameField(header: Uint8Array): string {
  const bytes = field(header, NAME);
  const end = bytes.includes(0) ? bytes.indexOf(0) : bytes.length;
  // Bytes behind the end would be another name to a reader that looks there.
  if (!isEmpty(bytes.subarray(end))) throw malformed("a name has hidden characters");
  return String.fromCharCode(...bytes.subarray(0, end));
}

/** The sum of all bytes, those of the sum itself counted as spaces. */
function checksum(header: Uint8Array): number {
  const SPACE = 0x20;
  let sum = CHECKSUM[1] * SPACE;
  for (const [index, byte] of header.entries()) {
    if (index < CHECKSUM[0] || index >= CHECKSUM[0] + CHECKSUM[1]) sum += byte;
  }
  return sum;
}
