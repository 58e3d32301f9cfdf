/**
 * Every code a {@link HostError} can carry, as `domain.reason`. Codes are stable: programs may match on them,
 * texts may change. A code is added here before it is used.
 */
export type ErrorCode =
  // Bytes or options that do not fit their schema, and limits of the host itself.
  | "input.invalid"
  | "input.too_large"
  | "host.not_started"
  | "host.stopped"
  | "host.unsupported"
  | "internal"
  // Keys and signed documents.
  | "keys.invalid"
  | "keys.no_private_key"
  | "jwt.malformed"
  | "jwt.algorithm"
  | "jwt.signature"
  | "claims.malformed"
  | "claims.expired"
  | "claims.not_yet_valid"
  | "claims.missing"
  // Modules.
  | "module.malformed"
  | "module.too_large"
  | "module.unsigned"
  | "module.duplicate_token"
  | "module.hash_mismatch"
  | "module.no_guest_call"
  | "module.no_memory"
  | "module.unknown_import"
  | "module.compile_failed"
  | "module.fetch_failed"
  // Actors and the guests inside them.
  | "actor.already_running"
  | "actor.not_running"
  | "actor.start_refused"
  | "actor.start_failed"
  | "actor.worker_failed"
  | "actor.stopped"
  | "actor.queue_full"
  | "actor.deadline"
  | "actor.cycle"
  | "guest.trap"
  | "guest.failure"
  | "guest.host_call_unavailable"
  // Providers.
  | "provider.already_running"
  | "provider.not_running"
  | "provider.unknown_operation"
  | "provider.bad_request"
  | "provider.failure"
  // Links.
  | "link.invalid"
  | "link.not_found"
  | "link.capability_missing"
  // Dispatch.
  | "dispatch.no_target"
  | "dispatch.denied"
  | "dispatch.no_subscriber"
  | "dispatch.wrong_target"
  | "dispatch.invocation_failed"
  // Lattice.
  | "lattice.connect_failed"
  | "lattice.not_connected"
  | "lattice.timeout"
  | "lattice.transport"
  | "lattice.undecodable"
  | "lattice.payload_too_large"
  | "lattice.forged"
  | "lattice.replayed"
  | "lattice.forbidden";
