import { HostError } from "../errors/index.ts";
import type { BucketEntry, KeyValueBucket } from "./jet-stream.ts";
import { apiErrorCode, jetStreamCall, publishHeard } from "./jet-stream-errors.ts";
import type { KV } from "./nats-ws.ts";

const KEY = /^[A-Za-z0-9_=-]{1,1024}$/;
/** JetStream's code for a subject that has changed meanwhile. */
const WRONG_LAST_SEQUENCE = 10071;

/** A bucket of JetStream. */
export class NatsBucket implements KeyValueBucket {
  readonly #kv: KV;

  constructor(kv: KV) {
    this.#kv = kv;
  }

  async get(key: string): Promise<BucketEntry> {
    checkKey(key);
    const entry = await jetStreamCall(() => this.#kv.get(key));
    if (entry === null) return { value: undefined, revision: 0 };
    const { operation, value, revision } = entry;
    // A copy: the client's bytes are a view of what the server sent.
    return { value: operation === "PUT" ? value.slice() : undefined, revision };
  }

  async change(key: string, value: Uint8Array | undefined, revision: number): Promise<boolean> {
    checkKey(key);
    // Where nothing is, nothing need be deleted.
    if (value === undefined && revision === 0) return true;
    const options = { previousSeq: revision };
    return jetStreamCall(async () => {
      try {
        await publishHeard<unknown>(() =>
          value === undefined ? this.#kv.delete(key, options) : this.#kv.put(key, value, options),
        );
        return true;
      } catch (error) {
        if (apiErrorCode(error) === WRONG_LAST_SEQUENCE) return false;
        throw error;
      }
    });
  }
}

function checkKey(key: string): void {
  if (KEY.test(key)) return;
  throw new HostError("input.invalid", "A bucket's key has letters, digits, -, _ and = only");
}
