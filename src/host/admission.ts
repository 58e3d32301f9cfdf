import { type ActorClaims, type VerifiedModule, verifyActorModule } from "../claims/index.ts";
import { HostError, messageOf } from "../errors/index.ts";
import type { CoreServices } from "./core-services.ts";

/** Bytes to be verified, or what was verified by who gives it. */
export type GivenModule = Uint8Array | VerifiedModule;

type AdmissionServices = Pick<CoreServices, "now" | "limits" | "authorizer">;

/**
 * @param module - one that is verified already is taken as it is.
 * @throws HostError `module.…`, `claims.…`, `jwt.…`.
 */
export async function verifyForStart(
  module: GivenModule,
  { now, limits }: AdmissionServices,
): Promise<VerifiedModule> {
  if (!(module instanceof Uint8Array)) return module;
  return verifyActorModule(module, { now: Math.floor(now() / 1_000), maxBytes: limits.moduleBytes });
}

/**
 * Asks the host's authorizer whether an actor may run.
 *
 * @throws HostError `actor.start_refused`, also where the authorizer itself fails.
 */
export async function authorizeLoad(claims: ActorClaims, { authorizer }: AdmissionServices): Promise<void> {
  let hint = `This host's authorizer refuses actors signed by ${claims.issuer}.`;
  try {
    if (await authorizer.canLoad(claims)) return;
  } catch (error) {
    hint = `This host's authorizer failed: ${messageOf(error)}`;
  }
  throw new HostError("actor.start_refused", "Permission denied starting actor.", { hint });
}
