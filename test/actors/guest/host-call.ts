import { hostCallRaw, hostError, hostErrorLength, hostResponse, hostResponseLength } from "./abi";
import { fail } from "./failure";
import { allocate } from "./heap";

/**
 * Calls a provider or another actor and waits for its answer; null after a failure, with the host's text noted.
 * The namespace is a contract id, a call alias or an actor's key.
 */
export function hostCall(
  namespace: string,
  operation: string,
  payload: ArrayBuffer,
  binding: string = "default",
): ArrayBuffer | null {
  const bindingBytes = String.UTF8.encode(binding);
  const namespaceBytes = String.UTF8.encode(namespace);
  const operationBytes = String.UTF8.encode(operation);
  const succeeded = hostCallRaw(
    changetype<usize>(bindingBytes),
    bindingBytes.byteLength,
    changetype<usize>(namespaceBytes),
    namespaceBytes.byteLength,
    changetype<usize>(operationBytes),
    operationBytes.byteLength,
    changetype<usize>(payload),
    payload.byteLength,
  );
  if (succeeded != 1) {
    const text = allocate(hostErrorLength());
    hostError(changetype<usize>(text));
    return fail(`Host error: ${String.UTF8.decode(text)}`);
  }
  const answer = allocate(hostResponseLength());
  hostResponse(changetype<usize>(answer));
  return answer;
}
