import { type BlobFiles, HostError } from "../src/index.ts";
import { isNamed, noRoom, told } from "./storage-failures.ts";

/** How a file is written: by a handle that only workers have, or by a copy that takes the file's place. */
export type FileAccess = "sync" | "async";

/** How {@link OriginFiles} are opened. */
export interface OriginFilesOptions {
  /** Folder in the origin-private file system; default `weblattice-blobs`. */
  readonly folder?: string;
  /** The ways to write that may be chosen, best first; default both. */
  readonly access?: readonly FileAccess[];
}

/** What the types of DOM leave out, since only workers have it. */
interface SyncAccess {
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}
type FileHandle = FileSystemFileHandle & {
  readonly createSyncAccessHandle?: () => Promise<SyncAccess>;
};

const FILE = /^[0-9a-f-]{36}$/;
/** Milliseconds until a handle of a tab that was killed is gone. */
const HELD_MS = 2_000;
const HELD_AGAIN_MS = 20;

/**
 * Files in the origin-private file system: shared by all tabs of the origin, and there after a restart. Two that write
 * to one file at one time must see to it that they do not: the second waits, and then fails.
 */
export class OriginFiles implements BlobFiles {
  readonly access: FileAccess;
  readonly #folder: FileSystemDirectoryHandle;

  private constructor(folder: FileSystemDirectoryHandle, access: FileAccess) {
    this.#folder = folder;
    this.access = access;
  }

  /** @returns undefined where files cannot be made and written here: in private windows of some browsers, for instance. */
  static async open(options: OriginFilesOptions = {}): Promise<OriginFiles | undefined> {
    const { folder = "weblattice-blobs", access = ["sync", "async"] } = options;
    try {
      const root = await navigator.storage.getDirectory();
      const handle = await root.getDirectoryHandle(folder, { create: true });
      for (const way of access) {
        if (await works(handle, way)) return new OriginFiles(handle, way);
      }
      return undefined;
    } catch {
      return undefined;
    }
  }

  write(name: string, at: number, bytes: Uint8Array): Promise<void> {
    return told(
      (async () => {
        const file: FileHandle = await this.#folder.getFileHandle(checked(name), { create: true });
        await (this.access === "sync" ? writeInPlace(file, at, bytes) : writeByCopy(file, at, bytes));
      })(),
    );
  }

  read(name: string, at: number, length: number): Promise<Uint8Array> {
    return told(
      (async () => {
        try {
          const file = await (await this.#folder.getFileHandle(checked(name))).getFile();
          return new Uint8Array(await file.slice(at, at + length).arrayBuffer());
        } catch (error) {
          if (isNamed(error, "NotFoundError")) return new Uint8Array(0);
          throw error;
        }
      })(),
    );
  }

  remove(name: string): Promise<void> {
    return told(
      (async () => {
        try {
          await this.#folder.removeEntry(checked(name));
        } catch (error) {
          if (!isNamed(error, "NotFoundError")) throw error;
        }
      })(),
    );
  }

  list(): Promise<string[]> {
    return told(
      (async () => {
        const names: string[] = [];
        for await (const name of this.#folder.keys()) if (FILE.test(name)) names.push(name);
        return names;
      })(),
    );
  }
}

function checked(name: string): string {
  if (FILE.test(name)) return name;
  throw new HostError("input.invalid", "That is not the name of a file of the blob store");
}

/** Tries a way to write with an empty file of its own. */
async function works(folder: FileSystemDirectoryHandle, access: FileAccess): Promise<boolean> {
  const name = `probe-${crypto.randomUUID()}`;
  try {
    const file: FileHandle = await folder.getFileHandle(name, { create: true });
    if (access === "sync") (await file.createSyncAccessHandle?.())?.close();
    else await (await file.createWritable()).close();
    return access === "async" || file.createSyncAccessHandle !== undefined;
  } catch (error) {
    // There is a file system, and it is full.
    return isNamed(error, "QuotaExceededError");
  } finally {
    await folder.removeEntry(name).catch(() => undefined);
  }
}

async function writeInPlace(file: FileHandle, at: number, bytes: Uint8Array): Promise<void> {
  const access = await opened(file);
  try {
    const before = access.getSize();
    try {
      // Chromium 156 answers some failures for lack of room by a huge number instead of an error.
      if (access.write(bytes, { at }) !== bytes.length) throw noRoom();
      access.flush();
    } catch (error) {
      if (before < at + bytes.length) access.truncate(before);
      throw error;
    }
  } finally {
    access.close();
  }
}

/** A handle of a file is the only one; that of a tab that was killed is gone soon. */
async function opened(file: FileHandle): Promise<SyncAccess> {
  const deadline = performance.now() + HELD_MS;
  for (;;) {
    try {
      const access = await file.createSyncAccessHandle?.();
      if (access !== undefined) return access;
      throw new HostError("host.unsupported", "Files cannot be written in place here");
    } catch (error) {
      if (!isNamed(error, "NoModificationAllowedError") || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, HELD_AGAIN_MS));
    }
  }
}

/** The file is as it was until the copy is closed. */
async function writeByCopy(file: FileHandle, at: number, bytes: Uint8Array): Promise<void> {
  const copy = await file.createWritable({ keepExistingData: true });
  try {
    await copy.write({ type: "write", position: at, data: bytes as Uint8Array<ArrayBuffer> });
    await copy.close();
  } catch (error) {
    await copy.abort().catch(() => undefined);
    throw error;
  }
}
