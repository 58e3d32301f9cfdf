import { DurableObject } from "cloudflare:workers";
import { type ObjectKeyValueOptions, ObjectKeyValueProvider } from "../../../edge/index.ts";
import { keyValueDemands } from "../../conformance/providers/keyvalue.ts";

/** What a test says to a key-value provider. */
export interface KeyValueOrder {
  readonly operation: string;
  readonly payload: Uint8Array;
  readonly options: Pick<ObjectKeyValueOptions, "maxKeys" | "maxItems">;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

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
      await demand.run(
        async (options) => new ObjectKeyValueProvider({ storage: this.ctx.storage, ...options }),
      );
      return undefined;
    } catch (error) {
      return String(error);
    }
  }

  async handle({ operation, payload, options, now }: KeyValueOrder): Promise<unknown> {
    const provider = new ObjectKeyValueProvider({ storage: this.ctx.storage, ...options, now: () => now });
    try {
      return { payload: await provider.handleCall("MA", operation, payload) };
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      return { code: code ?? "none", message };
    }
  }
}
