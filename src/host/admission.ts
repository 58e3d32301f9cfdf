import { type ActorClaims, type VerifiedModule, verifyActorModule } from "../claims/index.ts";
import { HostError, messageOf } from "../errors/index.ts";
import type { CoreServices } from "./core-services.ts";

type AdmissionServices = Pick<CoreServices, "now" | "limits" | "authorizer">;

/** @throws HostError `module.…`, `claims.…`, `jwt.…`. */
export function verifyForStart(
  module: Uint8Array,
  { now, limits }: AdmissionServices,
): Promise<VerifiedModule> {
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
