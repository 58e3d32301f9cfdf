export * from "./errors/index.ts";
export * from "./telemetry/index.ts";
