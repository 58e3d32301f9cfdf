// The imports of a waPC guest, protocol section 6.1. Lengths are in bytes, texts are UTF-8.
// The compiler leaves out those that an actor does not use.

@external("wapc", "__guest_request")
export declare function guestRequest(operation: usize, payload: usize): void;

@external("wapc", "__guest_response")
export declare function guestResponse(start: usize, length: usize): void;

@external("wapc", "__guest_error")
export declare function guestError(start: usize, length: usize): void;

@external("wapc", "__host_call")
export declare function hostCallRaw(
  binding: usize,
  bindingLength: usize,
  namespace: usize,
  namespaceLength: usize,
  operation: usize,
  operationLength: usize,
  payload: usize,
  payloadLength: usize,
): i32;

@external("wapc", "__host_response_len")
export declare function hostResponseLength(): usize;

@external("wapc", "__host_response")
export declare function hostResponse(start: usize): void;

@external("wapc", "__host_error_len")
export declare function hostErrorLength(): usize;

@external("wapc", "__host_error")
export declare function hostError(start: usize): void;

@external("wapc", "__console_log")
export declare function consoleLogRaw(start: usize, length: usize): void;
