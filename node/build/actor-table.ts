import { join } from "node:path";
import * as v from "valibot";
import { readJson } from "./files.ts";

const sampleSchema = v.strictObject({
  operation: v.string(),
  payload: v.record(v.string(), v.unknown()),
  description: v.string(),
});

const entrySchema = v.strictObject({
  name: v.string(),
  title: v.string(),
  seed: v.string(),
  rev: v.number(),
  ver: v.string(),
  caps: v.array(v.string()),
  alias: v.optional(v.string()),
  tags: v.array(v.string()),
  abort: v.optional(v.picklist(["log", "trap"]), "log"),
  example: v.boolean(),
  description: v.string(),
  samples: v.array(sampleSchema),
});

const tableSchema = v.strictObject({
  comment: v.string(),
  issuer: v.strictObject({ seed: v.string() }),
  actors: v.array(entrySchema),
});

/** A call to try on an actor. */
export interface ActorSample {
  readonly operation: string;
  /** The payload as JSON; MessagePack of it is sent. Bytes are arrays of numbers. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** What the call does, for people. */
  readonly description: string;
}

/** What `test/actors/actors.json` says about one actor. */
export interface ActorEntry {
  /** The folder of its source, and the name tests use. */
  readonly name: string;
  /** The name in its claims. */
  readonly title: string;
  /** The seed of its key: public, for tests. */
  readonly seed: string;
  /** Revision, for live updates. */
  readonly rev: number;
  /** Version for people to read. */
  readonly ver: string;
  /** Contract ids it may call. */
  readonly caps: readonly string[];
  /** Its call alias. */
  readonly alias?: string | undefined;
  readonly tags: readonly string[];
  /** Whether a failed assertion is logged before it traps; that takes one more import. */
  readonly abort: "log" | "trap";
  /** For users to see; the others are for tests. */
  readonly example: boolean;
  readonly description: string;
  readonly samples: readonly ActorSample[];
}

/** The whole of `test/actors/actors.json`. */
export interface ActorTable {
  /** The account that signs them all. */
  readonly issuer: { readonly seed: string };
  readonly actors: readonly ActorEntry[];
}

/** Reads the table of actors in a folder of sources. */
export async function readActorTable(sources: string): Promise<ActorTable> {
  return v.parse(tableSchema, await readJson(join(sources, "actors.json")));
}
