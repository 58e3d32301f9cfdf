// The actors are compiled with the `stub` runtime: an allocation moves one pointer up, nothing is collected. A call
// marks where the heap stands when it begins and releases everything above the mark when it ends, so memory is bounded
// by the largest call, there are no pauses, and what `wapc_init` allocated lives as long as the instance.
// Marks nest, so a call that is entered while another waits for the host does no harm.

/** Where the heap stands: an empty block that {@link release} later takes away together with all above it. */
export function mark(): usize {
  return __alloc(0);
}

/** Frees every block made since `marked`: stretches the marked block to the top of the heap and frees that. */
export function release(marked: usize): void {
  const top = __alloc(0);
  const size = load<usize>(top - sizeof<usize>());
  store<usize>(marked - sizeof<usize>(), top + size - marked);
  __free(marked);
}

/** A buffer whose bytes are whatever was there before: for buffers that are written in full at once. */
export function allocate(length: usize): ArrayBuffer {
  return changetype<ArrayBuffer>(__new(length, idof<ArrayBuffer>()));
}

/** The same bytes in a buffer of another length; in place where possible. The old reference is void. */
export function resize(buffer: ArrayBuffer, length: usize): ArrayBuffer {
  return changetype<ArrayBuffer>(__renew(changetype<usize>(buffer), length));
}
