import { embedToken, extractToken, moduleHash, verifyActorModule } from "../../src/claims/index.ts";
import { messageOf } from "../../src/errors/index.ts";
import { asyncifyModule, loadBinaryen, prepareModule } from "../../src/wapc/index.ts";

/** How actors are built into a worker. */
export interface ActorBuildOptions {
  /** Bytes that a guest's memory can grow to; default 64 MiB, half of what an isolate has. */
  readonly maxMemoryBytes?: number;
  /**
   * How guests wait for host calls: `jspi` by the engine, which needs nothing of the build (default); `asyncify` after
   * their code was rewritten by the package `binaryen`, for engines without promise integration.
   */
  readonly hostCalls?: "jspi" | "asyncify";
}

/** An actor as it is put into a bundle. */
export interface BuiltActor {
  readonly fileName: string;
  /** What is compiled: limited, with fuel counters and the token that was verified. */
  readonly module: Uint8Array;
  /** What the worker is told about it. */
  readonly facts: {
    readonly name: string;
    /** The hash of the module that was signed. */
    readonly hash: string;
    readonly maxMemoryBytes: number;
    readonly asyncified: boolean;
  };
  readonly warnings: readonly string[];
}

const DEFAULT_MEMORY_BYTES = 64 * 1024 * 1024;
/** Hexadecimal digits of the hash in a file's name. */
const NAME_DIGITS = 16;

/**
 * Verifies a signed actor and makes of it the module that the worker runs. Workers on the edge do not get to see the
 * bytes of their modules: that its hash is the one in the claims can be checked here only.
 *
 * @param name - of the file, without its ending.
 * @throws Error what is wrong with it, with the file's name.
 */
export async function buildBundledActor(
  name: string,
  bytes: Uint8Array,
  options: ActorBuildOptions = {},
): Promise<BuiltActor> {
  const { maxMemoryBytes = DEFAULT_MEMORY_BYTES, hostCalls = "jspi" } = options;
  try {
    const { claims, token } = await verifyActorModule(bytes);
    const prepared = prepareModule(bytes, { maxMemoryBytes, fuel: true });
    const asyncified = hostCalls === "asyncify";
    const module = asyncified ? asyncifyModule(prepared, await loadBinaryen()) : prepared;
    const hash = await moduleHash(extractToken(bytes).unsigned);
    return {
      fileName: `actors/${name}-${hash.slice(0, NAME_DIGITS).toLowerCase()}${asyncified ? "-asyncify" : ""}.wasm`,
      module: embedToken(module, token),
      facts: { name, hash, maxMemoryBytes, asyncified },
      warnings:
        claims.expires === undefined
          ? []
          : [`The claims of ${name} expire on ${new Date(claims.expires * 1_000).toISOString()}`],
    };
  } catch (error) {
    throw new Error(`The actor ${name}.wasm cannot be bundled: ${messageOf(error)}`, { cause: error });
  }
}
