import { DurableObject } from "cloudflare:workers";
import { ObjectStore } from "../../../edge/index.ts";
import { BlobstoreProvider, StoreBlobs } from "../../../src/index.ts";
import { blobstoreDemands } from "../../conformance/providers/blobstore.ts";
import { lastingStoreDemands, storeDemands } from "../../conformance/store.ts";

/** Runs the demands on every store, and those on every blob store, inside the runtime. */
export class StoreObject extends DurableObject {
  /** @returns undefined when the store does as demanded, else what it does instead. */
  run(title: string): Promise<string | undefined> {
    const demand = [...storeDemands, ...lastingStoreDemands].find((each) => each.title === title);
    // Every demand that does not name its store wants an empty one.
    return complaint(title, demand, async (name = crypto.randomUUID()) => this.#open(name));
  }

  /** The same for the blob store on the object's storage. */
  runBlobs(title: string): Promise<string | undefined> {
    const demand = blobstoreDemands.find((each) => each.title === title);
    let store = this.#open(crypto.randomUUID());
    return complaint(title, demand, async ({ maxObjectBytes, again = false }) => {
      if (!again) store = this.#open(crypto.randomUUID());
      return new BlobstoreProvider({ blobs: (root) => new StoreBlobs({ store, root }), maxObjectBytes });
    });
  }

  #open(name: string): ObjectStore {
    return new ObjectStore(this.ctx.storage, name);
  }
}

async function complaint<Setting>(
  title: string,
  demand: { run(setting: Setting): Promise<void> } | undefined,
  setting: Setting,
): Promise<string | undefined> {
  if (demand === undefined) return `there is no demand "${title}"`;
  try {
    await demand.run(setting);
    return undefined;
  } catch (error) {
    return String(error);
  }
}
