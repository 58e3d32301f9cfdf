import {
  type BlobstoreCalls,
  type BlobstoreDeliveries,
  type BlobstoreResult,
  blobstoreContract,
  type CallHandlers,
  type DownloadRequest,
} from "../../contracts/index.ts";
import { HostError, messageOf } from "../../errors/index.ts";
import type { Logger } from "../../telemetry/index.ts";
import type { ProviderDescriptor } from "../capability-provider.ts";
import { type CallOrigin, ContractProvider } from "../contract-provider.ts";
import { type LinkValues, textValue } from "../link-values.ts";
import { checkBlobName } from "./blob-name.ts";
import type { BlobReader, BlobStore } from "./blob-store.ts";

/** `wasmcloud:blobstore` in the store of the host. */
export const BLOBSTORE_PROVIDER: ProviderDescriptor = {
  id: "VBKYZN5XAULZQLGMMWI6X6764LMT2L3LEZNLD4EAUT2TZFDX4Z2UPTP2",
  contractId: blobstoreContract.id,
  name: "weblattice Blob Store",
  vendor: "weblattice",
  revision: 0,
  version: "0.1.0",
};

/** How a {@link BlobstoreProvider} is made. */
export interface BlobstoreOptions {
  /** The store of a root; called once for each, with the empty text for links that name none. */
  readonly blobs: (root: string) => BlobStore;
  /** Bytes of one object; default 1 GiB. */
  readonly maxObjectBytes?: number;
  /**
   * Bytes of a chunk that is delivered; default 4 MiB. A chunk takes twice its bytes, so that guests of both generations
   * can read it, and on the lattice up to twice that.
   */
  readonly maxChunkBytes?: number;
  /** Downloads under way at one time for one actor; default 16. */
  readonly maxDownloads?: number;
  /** Where failed downloads are logged; default nowhere. */
  readonly logger?: Logger;
}

interface BlobLink {
  readonly blobs: BlobStore;
  downloads: number;
  closed: boolean;
}

const DEFAULT_CHUNK_BYTES = 512 * 1024;

/**
 * Objects in containers. Contracts document 7.9; requests of all generations are understood.
 *
 * Link value: `ROOT`, a name; links with the same one share their containers. Uploads are visible when they are
 * complete, and survive the host for a day: what is left can be sent without another `StartUpload`, or after one with
 * the same non-empty `context`, total and chunk size. A chunk with the `context` of another upload is refused.
 */
export class BlobstoreProvider extends ContractProvider<BlobstoreCalls, BlobstoreDeliveries, BlobLink> {
  readonly #options: BlobstoreOptions;
  readonly #roots = new Map<string, BlobStore>();
  readonly #maxObjectBytes: number;

  constructor(options: BlobstoreOptions) {
    super(blobstoreContract);
    this.#options = options;
    this.#maxObjectBytes = options.maxObjectBytes ?? 1024 ** 3;
  }

  protected override readonly handlers: CallHandlers<BlobstoreCalls, CallOrigin<BlobLink>> = {
    CreateContainer: async ({ id }, { link }) => {
      checkBlobName(id, "container");
      await link.blobs.createContainer(id);
      return { id };
    },
    RemoveContainer: ({ id }, { link }) => {
      checkBlobName(id, "container");
      return outcome(() => link.blobs.removeContainer(id));
    },
    RemoveObject: ({ id, containerId }, { link }) => {
      checkNames(containerId, id);
      return outcome(async () => {
        if (!(await link.blobs.remove(containerId, id))) throw noSuchObject();
      });
    },
    ListObjects: async ({ id }, { link }) => {
      checkBlobName(id, "container");
      const found = await link.blobs.list(id);
      return { blobs: found.map(({ name, bytes }) => ({ id: name, container: { id }, byteSize: bytes })) };
    },
    GetObjectInfo: async ({ id, containerId }, { link }) => {
      checkNames(containerId, id);
      const info = await link.blobs.info(containerId, id);
      if (info === undefined) return { id: "none", container: { id: "none" }, byteSize: 0 };
      return { id, container: { id: containerId }, byteSize: info.bytes };
    },
    StartUpload: ({ id, container, totalBytes, chunkSize, context }, { link, actor }) => {
      checkNames(container.id, id);
      return outcome(() => {
        if (totalBytes > this.#maxObjectBytes) {
          throw new HostError("storage.quota", `An object has at most ${this.#maxObjectBytes} bytes`);
        }
        const plan = { owner: actor, container: container.id, name: id, totalBytes, partBytes: chunkSize };
        return link.blobs.startUpload(context === undefined ? plan : { ...plan, token: context });
      });
    },
    UploadChunk: ({ id, container, sequenceNo, chunkBytes, context = "" }, { link, actor }) => {
      checkNames(container.id, id);
      const upload = { owner: actor, container: container.id, name: id, token: context };
      return outcome(() => link.blobs.uploadPart(upload, sequenceNo, chunkBytes));
    },
    StartDownload: async (request, { link, actor }) => {
      checkNames(request.containerId, request.id);
      const reader = await link.blobs.open(request.containerId, request.id);
      if (reader === undefined) throw noSuchObject();
      const { maxDownloads = 16 } = this.#options;
      if (link.downloads >= maxDownloads) {
        throw new HostError("provider.overloaded", `${maxDownloads} downloads are under way already`);
      }
      link.downloads++;
      // After the answer: the actor is busy until it has it.
      void this.#send(request, reader, link, actor)
        .catch((error: unknown) => {
          this.#options.logger?.warn(`A download was not finished: ${messageOf(error)}`, { actor });
        })
        .finally(() => {
          link.downloads--;
        });
      return { success: true };
    },
  };

  protected override openLink(values: LinkValues): BlobLink {
    const root = textValue(values, "ROOT") ?? "";
    const blobs = this.#roots.get(root) ?? this.#opened(root);
    this.#roots.set(root, blobs);
    return { blobs, downloads: 0, closed: false };
  }

  protected override closeLink(link: BlobLink): void {
    link.closed = true;
  }

  #opened(root: string): BlobStore {
    const blobs = this.#options.blobs(root);
    // Those who use the store need not wait.
    blobs.tidy?.().catch((error: unknown) => {
      this.#options.logger?.warn(`What was left of uploads could not be removed: ${messageOf(error)}`);
    });
    return blobs;
  }

  /** One chunk after the other: the actor has taken one before the next is read. Ends when it refuses one. */
  async #send(
    { id, containerId, chunkSize, context }: DownloadRequest,
    reader: BlobReader,
    link: BlobLink,
    actor: string,
  ): Promise<void> {
    const { maxChunkBytes = 4 * 1024 * 1024 } = this.#options;
    const size = Math.min(chunkSize === 0 ? DEFAULT_CHUNK_BYTES : chunkSize, maxChunkBytes);
    const container = { id: containerId };
    for (let sequenceNo = 0; sequenceNo * size < reader.bytes; sequenceNo++) {
      const chunkBytes = await reader.read(sequenceNo * size, size);
      if (link.closed) return;
      const chunk = {
        sequenceNo,
        container,
        id,
        totalBytes: reader.bytes,
        chunkSize: size,
        context,
        chunkBytes,
      };
      await this.deliver(actor, "ReceiveChunk", chunk);
    }
  }
}

/** What the contract has a place for inside an answer; other failures stay failures. */
async function outcome(work: () => Promise<void>): Promise<BlobstoreResult> {
  try {
    await work();
    return { success: true };
  } catch (error) {
    const isExpected =
      error instanceof HostError && ["provider.failure", "storage.quota"].includes(error.code);
    if (!isExpected) throw error;
    return { success: false, error: error.message };
  }
}

function checkNames(container: string, object: string): void {
  checkBlobName(container, "container");
  checkBlobName(object, "object");
}

function noSuchObject(): HostError {
  return new HostError("provider.failure", "No such object");
}
