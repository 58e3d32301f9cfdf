import { joined } from "../bytes/index.ts";
import { HostError } from "../errors/index.ts";
import type { Guard } from "./guard.ts";

/** How long a body may take. */
export interface BodyLimits {
  /** Milliseconds between two pieces. */
  readonly idleMs: number;
  /** Milliseconds for a body of so many bytes. */
  readonly transferMs: (bytes: number) => number;
}

/** What an {@link Exchange} is made from. */
export interface ExchangeParts {
  readonly response: Pick<Response, "status" | "headers" | "body">;
  /** The address that answered. */
  readonly url: string;
  readonly guard: Guard;
  readonly limits: BodyLimits;
}

/** An answer whose body is still to come. Whoever gets one reads it, once, or discards it. */
export class Exchange {
  readonly status: number;
  readonly url: string;
  readonly #parts: ExchangeParts;
  #isRead = false;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.status = parts.response.status;
    this.url = parts.url;
  }

  header(name: string): string | undefined {
    return this.#parts.response.headers.get(name) ?? undefined;
  }

  /** The media type of the body without its parameters, in lower case. */
  get contentType(): string | undefined {
    return this.header("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  }

  /**
   * The whole body.
   * @param what what it is, to begin messages with
   * @throws HostError `registry.too_large` as soon as there is more of it than allowed
   */
  async bytes(maxBytes: number, what: string): Promise<Uint8Array<ArrayBuffer>> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of this.#pieces(maxBytes, what, () => tooLarge(what, maxBytes))) {
      length += piece.length;
      if (length > maxBytes) throw tooLarge(what, maxBytes);
      pieces.push(piece);
    }
    return joined(pieces);
  }

  /**
   * Reads a body of a known size into its place.
   * @param onBytes told how many bytes came
   * @throws HostError `registry.size_mismatch` as soon as there is more of it, or when there is less
   */
  async into(target: Uint8Array, what: string, onBytes: (count: number) => void = () => {}): Promise<void> {
    const expected = target.length;
    const wrong = (): HostError =>
      new HostError(
        "registry.size_mismatch",
        `${what} has not the ${expected} bytes that the manifest says`,
        {
          details: { expected },
        },
      );
    let offset = 0;
    for await (const piece of this.#pieces(expected, what, wrong)) {
      if (offset + piece.length > expected) throw wrong();
      target.set(piece, offset);
      offset += piece.length;
      onBytes(piece.length);
    }
    if (offset < expected) throw wrong();
  }

  /**
   * The body as a stream, which fails where {@link bytes} would.
   * @param onEnd called once, when it is read or given up
   */
  stream(maxBytes: number, what: string, onEnd: () => void): ReadableStream<Uint8Array<ArrayBuffer>> {
    let isOver = false;
    const over = (): void => {
      if (!isOver) onEnd();
      isOver = true;
    };
    const pieces = this.#pieces(maxBytes, what, () => tooLarge(what, maxBytes));
    let length = 0;
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (controller) => {
        try {
          const { done, value } = await pieces.next();
          if (!done) length += value.length;
          if (length > maxBytes) throw tooLarge(what, maxBytes);
          if (!done) return controller.enqueue(value);
          controller.close();
        } catch (error) {
          this.discard();
          controller.error(error);
        }
        over();
      },
      cancel: async () => {
        this.discard();
        over();
      },
    });
  }

  /** Lets go of the body. */
  discard(): void {
    const { guard, response } = this.#parts;
    guard.end();
    if (!this.#isRead) response.body?.cancel().catch(() => {}); // nobody waits for it any more
  }

  /** The body piece by piece. However it ends, the exchange is over then. */
  async *#pieces(
    maxBytes: number,
    what: string,
    tooMuch: () => HostError,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
    const { response, guard, limits } = this.#parts;
    const deadline = performance.now() + limits.transferMs(maxBytes);
    this.#isRead = true;
    const reader = response.body?.getReader();
    let isComplete = reader === undefined;
    try {
      if (this.#announced() > maxBytes) throw tooMuch();
      while (reader !== undefined) {
        const ms = Math.max(0, Math.min(limits.idleMs, deadline - performance.now()));
        const { done, value } = await guard.within(reader.read(), ms, `Waiting for more of ${lowered(what)}`);
        isComplete = done;
        if (done) break;
        yield value;
      }
    } catch (error) {
      throw error instanceof HostError ? error : broken(what, error);
    } finally {
      guard.close();
      if (!isComplete) {
        guard.end();
        reader?.cancel().catch(() => {}); // the exchange is over
      }
    }
    return undefined;
  }

  /** The length that was announced for the very bytes that come. A coded body has another length than its content. */
  #announced(): number {
    if (this.header("content-encoding") !== undefined) return 0;
    const length = this.header("content-length");
    return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : 0;
  }
}

function tooLarge(what: string, maxBytes: number): HostError {
  return new HostError("registry.too_large", `${what} has more than ${maxBytes} bytes`, {
    details: { maxBytes },
  });
}

function broken(what: string, cause: unknown): HostError {
  return new HostError("registry.unreachable", `The connection broke while ${lowered(what)} was read`, {
    hint: "Try again; the network or the registry failed on the way.",
    cause,
  });
}

function lowered(what: string): string {
  return what.charAt(0).toLowerCase() + what.slice(1);
}
