import {
  type CallHandlers,
  type LoggingCalls,
  loggingContract,
  type NoExchanges,
} from "../../contracts/index.ts";
import type { LogLevel, LogSink } from "../../telemetry/index.ts";
import type { ProviderDescriptor } from "../capability-provider.ts";
import { type CallOrigin, ContractProvider } from "../contract-provider.ts";
import type { LinkValues } from "../link-values.ts";

/** `wasmcloud:logging` into the sinks of the host. */
export const LOGGING_PROVIDER: ProviderDescriptor = {
  id: "VB65IREKLZEJ6H4AOSGGMLOPPYGJS2FPFBLJWYN37L3TYUEUZ4X4QXHA",
  contractId: loggingContract.id,
  name: "weblattice Logging",
  vendor: "weblattice",
  revision: 0,
  version: "0.1.0",
};

/** How a {@link LoggingProvider} is made. */
export interface LoggingOptions {
  /**
   * Where an actor's lines go: its own log, the console, telemetry. The scope of a record is the target that the actor
   * named, or `actor` and its key; the fields have the key as `actor`, and `trace` as `level` for what is less than debug.
   */
  readonly sinks: readonly LogSink[];
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
}

const LEVELS: Readonly<Record<string, LogLevel>> = {
  error: "error",
  warn: "warn",
  info: "info",
  debug: "debug",
  trace: "debug",
};

/** Lines that actors write to the log. Contracts document 7.8; there are no link values. */
export class LoggingProvider extends ContractProvider<LoggingCalls, NoExchanges> {
  readonly #sinks: readonly LogSink[];
  readonly #now: () => number;

  constructor(options: LoggingOptions) {
    super(loggingContract);
    this.#sinks = options.sinks;
    this.#now = options.now ?? Date.now;
  }

  protected override readonly handlers: CallHandlers<LoggingCalls, CallOrigin<LinkValues>> = {
    WriteLog: ({ target, level, text }, { actor }) => {
      // Guests replace a level they do not know by info, but pass on how it was written.
      const name = level.toLowerCase();
      const known = Object.hasOwn(LEVELS, name) ? LEVELS[name] : undefined;
      if (known === undefined) this.#write("error", target, actor, `Unknown log level: ${level}`);
      else this.#write(known, target, actor, `[${actor}] ${text}`, name === "trace" ? { level: name } : {});
    },
  };

  protected override openLink(values: LinkValues): LinkValues {
    return values;
  }

  protected override unlinked(): LinkValues {
    return {};
  }

  #write(level: LogLevel, target: string, actor: string, message: string, fields = {}): void {
    const scope = target === "" ? `actor ${actor}` : target;
    const record = { time: this.#now(), level, scope, message, fields: { actor, ...fields } };
    for (const sink of this.#sinks) sink.write(record);
  }
}
