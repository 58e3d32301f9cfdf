import type * as v from "valibot";
import { asHostError, HostError } from "../errors/index.ts";
import type { ResolvedClientOptions } from "./client-options.ts";
import { decodeJson, encodeJson } from "./json.ts";

/** Bytes of an answer or event that are looked at; longer ones are refused. */
export const MAX_REPLY_BYTES: number = 8_388_608;

/** Answers to one question that are collected, unless another number is given. */
const MAX_REPLIES = 10_000;

/** Queries have no body. */
const NOTHING = new Uint8Array(0);

/** What to send, where, and how to read the answer. */
export interface ControlRequest<T> {
  readonly subject: string;
  /** Members in the order of the protocol; default none at all. */
  readonly body?: object;
  readonly schema: v.GenericSchema<unknown, T>;
}

/** How long to collect answers. */
export interface Collecting {
  /** Milliseconds. */
  readonly waitMs: number;
  /** Answers after which to stop early; default 10,000. */
  readonly maxReplies?: number | undefined;
}

/** Who is asked, in words for errors. */
export interface Asked {
  /** As in `Host NAB2… did not answer`. */
  readonly name: string;
  /** What it means that nobody listens. */
  readonly absent: string;
}

/** Asks hosts over the control plane, and reads what they answer. */
export class ControlRequests {
  readonly #options: ResolvedClientOptions;

  constructor(options: ResolvedClientOptions) {
    this.#options = options;
  }

  /**
   * Asks, and waits for the first answer.
   *
   * @throws HostError `lattice.timeout`, `control.no_host`, `lattice.undecodable`, and as `request` of the connection.
   */
  async ask<T>({ subject, body, schema }: ControlRequest<T>, who: Asked): Promise<T> {
    const { connection, timeoutMs } = this.#options;
    const reply = await connection
      .request(subject, encoded(body), { timeoutMs })
      .catch((error: unknown) => Promise.reject(unanswered(error, who, timeoutMs)));
    try {
      return decodeJson(schema, reply, MAX_REPLY_BYTES);
    } catch (error) {
      const { message } = asHostError(error);
      throw new HostError(
        "lattice.undecodable",
        `${who.name} gave an answer that cannot be read: ${message}`,
        {
          cause: error,
        },
      );
    }
  }

  /**
   * Asks everybody and collects what can be read of the answers, always as long as it may take. None is no error.
   *
   * @throws HostError as `requestMany` of the connection.
   */
  async collect<T>({ subject, body, schema }: ControlRequest<T>, collecting: Collecting): Promise<T[]> {
    const { connection, faults } = this.#options;
    const { waitMs, maxReplies = MAX_REPLIES } = collecting;
    const replies = await connection.requestMany(subject, encoded(body), { waitMs, maxReplies });
    return replies.flatMap((reply) => {
      try {
        return [decodeJson(schema, reply, MAX_REPLY_BYTES)];
      } catch (error) {
        faults.report("reply_undecodable", error, { what: `Undecodable answer to ${subject}` });
        return [];
      }
    });
  }
}

/** Why there is no answer, in words that fit who was asked. Other errors are left as they are. */
export function unanswered(error: unknown, who: Asked, timeoutMs: number): HostError {
  const known = asHostError(error, "lattice.transport");
  if (known.code === "lattice.timeout") {
    const text = `${who.name} did not answer within ${timeoutMs} ms`;
    return new HostError("lattice.timeout", text, { cause: known });
  }
  if (known.details["noResponders"] !== true) return known;
  return new HostError("control.no_host", who.absent, {
    hint: "It may have stopped, or belong to another lattice or namespace.",
    cause: known,
  });
}

function encoded(body: object | undefined): Uint8Array {
  return body === undefined ? NOTHING : encodeJson(body);
}
