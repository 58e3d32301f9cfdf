import { undecodable } from "../wire/undecodable.ts";
import { isStoredEntry, type StoredEntry } from "./stored-entry.ts";

/** Changes when entries are stored in another way. */
const VERSION = 1;
/** Entries of one segment. */
const MAX_ENTRIES = 2_000;
/** A segment is ended when its text has become that long, in UTF-16 units. */
const MAX_CHARS = 1_048_576;
const MAX_SEGMENT_BYTES = 16_777_216;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** A piece of what is stored: large enough that few are needed, small enough that none takes long. */
export interface Segment {
  readonly count: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Entries as segments, made one by one. */
export function* encodeSegments(entries: Iterable<StoredEntry>): IterableIterator<Segment> {
  let texts: string[] = [];
  let chars = 0;
  for (const entry of entries) {
    const text = JSON.stringify(entry);
    texts.push(text);
    chars += text.length;
    if (texts.length < MAX_ENTRIES && chars < MAX_CHARS) continue;
    yield segment(texts);
    texts = [];
    chars = 0;
  }
  if (texts.length > 0) yield segment(texts);
}

/**
 * The entries of a segment; undefined if a later version of this library wrote it.
 *
 * @throws HostError `lattice.undecodable` if it is damaged.
 */
export function decodeSegment(bytes: Uint8Array): StoredEntry[] | undefined {
  if (bytes.length > MAX_SEGMENT_BYTES) throw undecodable("a stored segment is too large");
  const parsed = parse(bytes);
  if (typeof parsed !== "object" || parsed === null || !("version" in parsed)) {
    throw undecodable("a stored segment has no version");
  }
  if (typeof parsed.version === "number" && parsed.version > VERSION) return undefined;
  if (parsed.version !== VERSION || !("entries" in parsed) || !Array.isArray(parsed.entries)) {
    throw undecodable("a stored segment has no entries");
  }
  const entries: unknown[] = parsed.entries;
  if (!entries.every(isStoredEntry)) throw undecodable("a stored segment has entries of an unknown shape");
  return entries;
}

function segment(texts: readonly string[]): Segment {
  const bytes = encoder.encode(`{"version":${VERSION},"entries":[${texts.join(",\n")}]}`);
  return { count: texts.length, bytes };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    // The texts of the engines quote what they found, and link values may be secrets.
    throw undecodable("a stored segment is not JSON");
  }
}
