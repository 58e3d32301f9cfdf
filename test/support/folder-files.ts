import { mkdtempSync, rmSync } from "node:fs";
import { open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { BlobFiles } from "../../src/index.ts";

/** The blob store's files in a folder of this machine, which goes with the test. */
export class FolderFiles implements BlobFiles {
  readonly #folder = mkdtempSync(join(tmpdir(), "weblattice-blobs-"));

  constructor() {
    onTestFinished(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  async write(file: string, at: number, bytes: Uint8Array): Promise<void> {
    const handle = await open(join(this.#folder, file), "a+").then(async (made) => {
      await made.close();
      return open(join(this.#folder, file), "r+");
    });
    await handle.write(bytes, 0, bytes.length, at);
    await handle.close();
  }

  async read(file: string, at: number, length: number): Promise<Uint8Array> {
    const handle = await open(join(this.#folder, file), "r").catch(() => undefined);
    if (handle === undefined) return new Uint8Array(0);
    const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, at);
    await handle.close();
    return buffer.subarray(0, bytesRead);
  }

  async remove(file: string): Promise<void> {
    await rm(join(this.#folder, file), { force: true });
  }

  list(): Promise<string[]> {
    return readdir(this.#folder);
  }
}
