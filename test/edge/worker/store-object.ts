import { DurableObject } from "cloudflare:workers";
import { ObjectStore } from "../../../edge/index.ts";
import { lastingStoreDemands, storeDemands } from "../../conformance/store.ts";

/** Runs the demands on every store inside the runtime. */
export class StoreObject extends DurableObject {
  /** @returns undefined when the store does as demanded, else what it does instead. */
  async run(title: string): Promise<string | undefined> {
    const demand = [...storeDemands, ...lastingStoreDemands].find((each) => each.title === title);
    if (demand === undefined) return `there is no demand "${title}"`;
    try {
      // Every demand that does not name its store wants an empty one.
      await demand.run(async (name = crypto.randomUUID()) => new ObjectStore(this.ctx.storage, name));
      return undefined;
    } catch (error) {
      return String(error);
    }
  }
}
