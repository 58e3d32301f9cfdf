/** Bytes of a body that are thrown away, and milliseconds that this takes. */
const [DISCARD_BYTES, DISCARD_MS] = [16 * 1024 * 1024, 2_000];
/** Milliseconds without a byte after which the sender is taken to wait for the answer. */
const IDLE_MS = 250;

/**
 * The body of a request that may be answered before all of it has come. The runtime cuts off clients that still send
 * when they are answered, and the answer with them: what is left has to be read first. RFC 9112, section 9.6.
 */
export class SentBody {
  /** What was sent. Whoever cancels it only stops to listen. */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  #isOver: boolean;

  constructor(body: ReadableStream<Uint8Array<ArrayBuffer>> | null) {
    this.#isOver = body === null;
    this.#reader = body?.getReader();
    this.stream =
      body === null
        ? null
        : new ReadableStream(
            {
              pull: async (controller) => {
                const part = await this.#next();
                if (part === undefined) controller.close();
                else controller.enqueue(part);
              },
            },
            { highWaterMark: 0 },
          );
  }

  /** Reads what nobody has read, up to a limit. Never rejects. */
  async discard(): Promise<void> {
    const end = (): void => {
      this.#isOver = true;
      this.#reader?.cancel().catch(() => undefined);
    };
    const until = Date.now() + DISCARD_MS;
    try {
      for (let left = DISCARD_BYTES; left > 0 && !this.#isOver && Date.now() < until; ) {
        const idle = setTimeout(end, IDLE_MS);
        left -= (await this.#next().finally(() => clearTimeout(idle)))?.length ?? 0;
      }
    } catch {
      // The client has gone.
    } finally {
      end();
    }
  }

  async #next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const part = await this.#reader?.read();
    if (part?.done === false) return part.value;
    this.#isOver = true;
    return undefined;
  }
}
