import { messageCodec, voidCodec } from "./codec.ts";
import type { Contract, Exchange, NoExchanges } from "./contract.ts";
import { textField } from "./payload.ts";

/** A line that an actor writes to the log. */
export interface WriteLogRequest {
  /** The part that speaks; may be empty. */
  readonly target: string;
  /** `error`, `warn`, `info`, `debug` or `trace`, in any case. */
  readonly level: string;
  readonly text: string;
}

export type LoggingCalls = { readonly WriteLog: Exchange<WriteLogRequest, void> };

/** Lines for the log. Contracts document 7.8. */
export const loggingContract: Contract<LoggingCalls, NoExchanges> = {
  id: "wasmcloud:logging",
  calls: {
    WriteLog: {
      request: messageCodec<WriteLogRequest>({
        target: textField(4_096),
        level: textField(64),
        text: textField(1_048_576),
      }),
      reply: voidCodec,
    },
  },
  deliveries: {},
};
