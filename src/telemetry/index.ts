export { Counters } from "./counters.ts";
export { FaultLog } from "./fault-log.ts";
export { Logger, type LogLevel, type LogRecord, type LogSink } from "./log.ts";
export { ConsoleSink, RingBufferSink } from "./sinks.ts";
