import { type VerifiedModule, verifyActorToken } from "../../src/claims/index.ts";
import { HostError } from "../../src/errors/index.ts";

/** An actor that the build has put into the worker: what the import of its `.wasm` file gives. */
export interface BundledActor {
  /** The file's name without its ending: the reference to start it by. */
  readonly name: string;
  /** The hash of the module that was signed, as the build found it. */
  readonly hash: string;
  readonly module: WebAssembly.Module;
  /** What the build has limited its memory to. */
  readonly maxMemoryBytes: number;
  /** The build has rewritten it to be unwound while it waits. */
  readonly asyncified: boolean;
}

const TOKEN_SECTION = "jwt";

/**
 * Verifies the claims in a compiled module: signature, dates, kinds of the keys. That they are about this very module
 * is what the build has verified, where the bytes are.
 *
 * @throws HostError `module.unsigned`, `module.duplicate_token`, `jwt.…`, `claims.…`, `module.hash_mismatch`.
 */
export async function verifyBundledActor(actor: BundledActor): Promise<VerifiedModule> {
  const [section, ...more] = WebAssembly.Module.customSections(actor.module, TOKEN_SECTION);
  if (section === undefined || more.length > 0) {
    throw new HostError(
      section === undefined ? "module.unsigned" : "module.duplicate_token",
      `The bundled actor ${actor.name} has ${more.length + (section === undefined ? 0 : 1)} tokens, not one`,
      { hint: "Build the worker with the Vite plugin of weblattice/edge/vite." },
    );
  }
  return verifyActorToken(new TextDecoder().decode(section), { moduleHash: () => actor.hash });
}
