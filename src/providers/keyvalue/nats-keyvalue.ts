import { keyValueContract } from "../../contracts/index.ts";
import type { JetStreamConnection } from "../../lattice/index.ts";
import type { ProviderDescriptor } from "../capability-provider.ts";
import { invalidValue, type LinkValues, numberValue, textValue } from "../link-values.ts";
import { type LinkConnection, type NatsSource, openLinkConnection } from "../nats/link-connection.ts";
import { BucketRecords } from "./bucket-records.ts";
import { type KeyValueLimits, RecordsKeyValue, type RecordsLink } from "./records-keyvalue.ts";

/** `wasmcloud:keyvalue` in JetStream buckets. */
export const NATS_KEYVALUE_PROVIDER: ProviderDescriptor = {
  id: "VDSFKK6ZB7M6GCMRDGFFXLRCRUAYXATXFA6QSVQ3IKBQC4Y6MMYSQKNP",
  contractId: keyValueContract.id,
  name: "weblattice NATS Key-Value",
  vendor: "weblattice",
  revision: 0,
  version: "0.1.0",
};

/** How a {@link NatsKeyValueProvider} is made. */
export interface NatsKeyValueOptions extends NatsSource<JetStreamConnection>, KeyValueLimits {
  /** The bucket of links that name none; default `weblattice-keyvalue`. */
  readonly bucket?: string;
  /** Milliseconds for a change that other hosts get in the way of; default 5,000. */
  readonly conflictMs?: number;
}

interface BucketLink extends RecordsLink, LinkConnection<JetStreamConnection> {}

/** JetStream's most. */
const MAX_REPLICAS = 5;

/**
 * `wasmcloud:keyvalue` that all hosts share whose links name the same bucket of the same JetStream.
 *
 * Link values: `URL`, `CLIENT_JWT` and `CLIENT_SEED` for a connection of the link's own; `BUCKET`. A bucket that is not
 * there is made, with `REPLICAS` copies (default 1) and room for `MAX_BYTES` (default no limit but the server's); one that
 * is there is used as it is. The server must be there when the link is made; later it may come and go.
 */
export class NatsKeyValueProvider extends RecordsKeyValue<BucketLink> {
  readonly #options: NatsKeyValueOptions;

  constructor(options: NatsKeyValueOptions = {}) {
    super(options);
    this.#options = options;
  }

  protected override async openLink(values: LinkValues): Promise<BucketLink> {
    const name = bucketOf(values, this.#options.bucket ?? "weblattice-keyvalue");
    const replicas = numberValue(values, "REPLICAS", { otherwise: 1, min: 1, max: MAX_REPLICAS });
    const maxBytes = numberValue(values, "MAX_BYTES", { otherwise: 0, min: 0, max: Number.MAX_SAFE_INTEGER });
    const { conflictMs } = this.#options;
    const opened = await openLinkConnection(values, this.#options);
    try {
      const limits = { replicas, ...(maxBytes === 0 ? {} : { maxBytes }) };
      const bucket = await opened.connection.jetStream().bucket(name, limits);
      const options = { open: async () => bucket, ...(conflictMs === undefined ? {} : { conflictMs }) };
      return { ...opened, records: new BucketRecords(options) };
    } catch (error) {
      await closeUnshared(opened);
      throw error;
    }
  }

  protected override async closeLink(link: BucketLink): Promise<void> {
    await link.records.close();
    await closeUnshared(link);
  }
}

async function closeUnshared({ connection, isShared }: LinkConnection<JetStreamConnection>): Promise<void> {
  if (!isShared) await connection.close();
}

function bucketOf(values: LinkValues, otherwise: string): string {
  const name = textValue(values, "BUCKET") ?? otherwise;
  if (/^[A-Za-z0-9_-]{1,128}$/.test(name)) return name;
  throw invalidValue("BUCKET", "must have up to 128 letters, digits, - and _");
}
