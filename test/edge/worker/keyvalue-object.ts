import { DurableObject } from "cloudflare:workers";
import { objectKeyValue } from "../../../edge/index.ts";
import { keyValueDemands } from "../../conformance/providers/keyvalue.ts";

/** A key-value provider inside the runtime. */
export class KeyValueObject extends DurableObject {
  /**
   * Runs a demand on every provider of the contract. Each wants an object that is empty.
   *
   * @returns undefined when the provider does as demanded, else what it does instead.
   */
  async run(title: string): Promise<string | undefined> {
    const demand = keyValueDemands.find((each) => each.title === title);
    if (demand === undefined) return `there is no demand "${title}"`;
    try {
      await demand.run(async (options) => objectKeyValue(this.ctx.storage, options));
      return undefined;
    } catch (error) {
      return String(error);
    }
  }
}
