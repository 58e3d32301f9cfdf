import * as v from "valibot";
import { HostError, type TerminalTarget } from "../../src/index.ts";

/** Characters of one message of input; longer text is sent in pieces. */
export const INPUT_PIECE = 16_384;
/** Characters of input that may be under way to the host. */
export const INPUT_WINDOW = 65_536;
/** Characters of output that may be under way to the page; more waits in the host, which bounds it. */
export const OUTPUT_WINDOW = 262_144;

const length: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(1),
  v.maxValue(2_097_152),
);

/** What the page tells the host of a terminal. */
export type PageMessage =
  | { readonly kind: "input"; readonly text: string }
  /** So many characters of output were taken. */
  | { readonly kind: "shown"; readonly length: number }
  | { readonly kind: "close" };

/** What the host tells the page of a terminal. */
export type HostMessage =
  | { readonly kind: "output"; readonly text: string }
  /** So many characters of input were taken. */
  | { readonly kind: "taken"; readonly length: number }
  | { readonly kind: "closed"; readonly reason: string };

const pageSchema: v.GenericSchema<unknown, PageMessage> = v.variant("kind", [
  v.object({ kind: v.literal("input"), text: v.pipe(v.string(), v.maxLength(INPUT_PIECE)) }),
  v.object({ kind: v.literal("shown"), length }),
  v.object({ kind: v.literal("close") }),
]);

const hostSchema: v.GenericSchema<unknown, HostMessage> = v.variant("kind", [
  v.object({ kind: v.literal("output"), text: v.pipe(v.string(), v.maxLength(2_097_152)) }),
  v.object({ kind: v.literal("taken"), length }),
  v.object({ kind: v.literal("closed"), reason: v.pipe(v.string(), v.maxLength(65_536)) }),
]);

const targetSchema: v.GenericSchema<unknown, TerminalTarget> = v.object({
  actor: v.exactOptional(v.pipe(v.string(), v.maxLength(64))),
  linkName: v.exactOptional(v.pipe(v.string(), v.maxLength(128))),
});

/** @returns undefined for what is no such message. */
export function readPageMessage(data: unknown): PageMessage | undefined {
  const result = v.safeParse(pageSchema, data);
  return result.success ? result.output : undefined;
}

/** @returns undefined for what is no such message. */
export function readHostMessage(data: unknown): HostMessage | undefined {
  const result = v.safeParse(hostSchema, data);
  return result.success ? result.output : undefined;
}

/** @throws HostError `input.invalid`. */
export function readTarget(data: unknown): TerminalTarget {
  const result = v.safeParse(targetSchema, data);
  if (result.success) return result.output;
  throw new HostError("input.invalid", "A terminal is opened for {actor, linkName}, both text and optional");
}
