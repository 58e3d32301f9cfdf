export { type ActorClaims, type ActorPayload, actorPayload, parseActorPayload } from "./actor-claims.ts";
export {
  type ProviderArchive,
  type ReadArchiveOptions,
  readProviderArchive,
} from "./archive/read-archive.ts";
export { type SelectedTarget, selectTarget } from "./archive/select-target.ts";
export { type WriteArchiveOptions, writeProviderArchive } from "./archive/write-archive.ts";
export { canonicalModule } from "./canonical.ts";
export { checkClaimDates } from "./dates.ts";
export { sha256Hex } from "./digest.ts";
export {
  type ActorEntity,
  type Entity,
  entityKey,
  entityUrl,
  type ProviderEntity,
  SYSTEM_ACTOR,
} from "./entity.ts";
export {
  type Invocation,
  invocationHash,
  type SignInvocationOptions,
  signInvocation,
  targetUrl,
  type UnsignedInvocation,
} from "./invocation.ts";
export { encodeJwt } from "./jwt.ts";
export { type ExtractedToken, embedToken, extractToken, moduleHash } from "./module-token.ts";
export {
  type ProviderClaims,
  parseProviderPayload,
  providerPayload,
  type WrittenProviderClaims,
} from "./provider-claims.ts";
export {
  type ProviderSigning,
  signProviderClaims,
  type VerifyProviderOptions,
  verifyProviderToken,
} from "./provider-token.ts";
export { type ActorSigning, normaliseAlias, type SignModuleOptions, signActorModule } from "./sign-module.ts";
export {
  type InvocationClaims,
  type VerifyInvocationOptions,
  verifyInvocation,
} from "./verify-invocation.ts";
export { type JwtPayload, type JwtReport, type VerifyJwtOptions, verifyJwt } from "./verify-jwt.ts";
export {
  type VerifiedModule,
  type VerifiedModuleBytes,
  type VerifyActorTokenOptions,
  type VerifyModuleOptions,
  verifyActorModule,
  verifyActorToken,
} from "./verify-module.ts";
