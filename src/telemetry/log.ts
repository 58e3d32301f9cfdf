/** How serious a log record is. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** One line of the log. */
export interface LogRecord {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly level: LogLevel;
  /** The part that speaks, such as `lattice` or `actor MAU2…`. */
  readonly scope: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, string | number | boolean>>;
}

/** Where log records go. A sink must not throw. */
export interface LogSink {
  write(record: LogRecord): void;
}

/** Writes log records of one scope to the sinks it was made with. */
export class Logger {
  readonly #sinks: readonly LogSink[];
  readonly #scope: string;
  readonly #now: () => number;

  constructor(sinks: readonly LogSink[], scope = "host", now: () => number = Date.now) {
    this.#sinks = sinks;
    this.#scope = scope;
    this.#now = now;
  }

  /** The same sinks under another scope. */
  scoped(scope: string): Logger {
    return new Logger(this.#sinks, scope, this.#now);
  }

  debug(message: string, fields?: LogRecord["fields"]): void {
    this.#write("debug", message, fields);
  }
  info(message: string, fields?: LogRecord["fields"]): void {
    this.#write("info", message, fields);
  }
  warn(message: string, fields?: LogRecord["fields"]): void {
    this.#write("warn", message, fields);
  }
  error(message: string, fields?: LogRecord["fields"]): void {
    this.#write("error", message, fields);
  }

  #write(level: LogLevel, message: string, fields: LogRecord["fields"]): void {
    const record: LogRecord = {
      time: this.#now(),
      level,
      scope: this.#scope,
      message,
      ...(fields === undefined ? {} : { fields }),
    };
    for (const sink of this.#sinks) sink.write(record);
  }
}
