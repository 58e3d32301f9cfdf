import { HostError } from "../src/index.ts";
import { isNamed, noRoom } from "./storage-failures.ts";

/** What the types of DOM leave out, since only workers have it. */
interface SyncAccess {
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}
/** A file; in workers with the means to write it in place. */
export type FileHandle = FileSystemFileHandle & {
  readonly createSyncAccessHandle?: () => Promise<SyncAccess>;
};

interface Kept {
  readonly access: SyncAccess;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Milliseconds until the handle of another tab is gone, killed or not: longer than one is kept. */
const HELD_MS = 2_000;
const HELD_AGAIN_MS = 20;
/** Milliseconds that a handle is kept without being used: other tabs wait for it. */
const KEEP_MS = 250;
const MAX_KEPT = 64;

/**
 * Writes files in place. A handle is the only one of its file, and opening it takes longer than a write: it is kept open
 * for the next one.
 */
export class KeptHandles {
  readonly #folder: FileSystemDirectoryHandle;
  /** The one that was used last is last. While one is used it is not here. */
  readonly #kept = new Map<string, Kept>();

  constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  async write(name: string, at: number, bytes: Uint8Array): Promise<void> {
    const access = this.#taken(name) ?? (await this.#opened(name));
    try {
      writeInPlace(access, at, bytes);
    } catch (error) {
      access.close();
      throw error;
    }
    this.#keep(name, access);
  }

  close(name: string): void {
    this.#taken(name)?.close();
  }

  #opened(name: string): Promise<SyncAccess> {
    return patiently(async () => {
      const file: FileHandle = await this.#folder.getFileHandle(name, { create: true });
      const access = await file.createSyncAccessHandle?.();
      if (access !== undefined) return access;
      throw new HostError("host.unsupported", "Files cannot be written in place here");
    });
  }

  #taken(name: string): SyncAccess | undefined {
    const kept = this.#kept.get(name);
    clearTimeout(kept?.timer);
    this.#kept.delete(name);
    return kept?.access;
  }

  #keep(name: string, access: SyncAccess): void {
    const timer = setTimeout(() => this.close(name), KEEP_MS);
    this.#kept.set(name, { access, timer });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.close(oldest);
  }
}

/** Does what cannot be done while another tab has a handle of the file; that of a tab that was killed is gone soon. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + HELD_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isNamed(error, "NoModificationAllowedError") || performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, HELD_AGAIN_MS));
    }
  }
}

function writeInPlace(access: SyncAccess, at: number, bytes: Uint8Array): void {
  const before = access.getSize();
  try {
    // Chromium 156 answers some failures for lack of room by a huge number instead of an error.
    if (access.write(bytes, { at }) !== bytes.length) throw noRoom();
    access.flush();
  } catch (error) {
    if (before < at + bytes.length) access.truncate(before);
    throw error;
  }
}
