import { type BlobFiles, HostError } from "../src/index.ts";
import { type FileHandle, KeptHandles, patiently } from "./kept-handles.ts";
import { isNamed, told } from "./storage-failures.ts";

/** How a file is written: by a handle that only workers have, or by a copy that takes the file's place. */
export type FileAccess = "sync" | "async";

/** How {@link OriginFiles} are opened. */
export interface OriginFilesOptions {
  /** Folder in the origin-private file system; default `weblattice-blobs`. */
  readonly folder?: string;
  /** The ways to write that may be chosen, best first; default both. */
  readonly access?: readonly FileAccess[];
}

const FILE = /^[0-9a-f-]{36}$/;

/**
 * Files in the origin-private file system: shared by all tabs of the origin, and there after a restart. Two that write
 * to one file at one time must see to it that they do not: the second waits, and then fails.
 */
export class OriginFiles implements BlobFiles {
  readonly access: FileAccess;
  readonly #folder: FileSystemDirectoryHandle;
  readonly #handles: KeptHandles;

  private constructor(folder: FileSystemDirectoryHandle, access: FileAccess) {
    this.#folder = folder;
    this.#handles = new KeptHandles(folder);
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
        if (this.access === "sync") return this.#handles.write(checked(name), at, bytes);
        await writeByCopy(await this.#folder.getFileHandle(checked(name), { create: true }), at, bytes);
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
        this.#handles.close(checked(name));
        try {
          await patiently(() => this.#folder.removeEntry(name));
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

/** The file is as it was until the copy is closed. */
async function writeByCopy(file: FileSystemFileHandle, at: number, bytes: Uint8Array): Promise<void> {
  const copy = await file.createWritable({ keepExistingData: true });
  try {
    await copy.write({ type: "write", position: at, data: bytes as Uint8Array<ArrayBuffer> });
    await copy.close();
  } catch (error) {
    await copy.abort().catch(() => undefined);
    throw error;
  }
}
