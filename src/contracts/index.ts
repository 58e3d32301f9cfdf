export {
  type CapabilityConfiguration,
  CORE_OPERATIONS,
  decodeCapabilityConfiguration,
  decodeHealthResponse,
  encodeCapabilityConfiguration,
  encodeHealthRequest,
  encodeHealthResponse,
  type HealthResponse,
} from "./core.ts";
export {
  decodeExtrasRequest,
  EXTRAS_CONTRACT,
  type ExtrasRequest,
  encodeGeneratedValue,
  type GeneratedValue,
} from "./extras.ts";
export {
  dispatchKeyValue,
  KEYVALUE_CONTRACT,
  type KeyValueHandlers,
  type KeyValueOperation,
  type KeyValueReplies,
  type KeyValueRequest,
} from "./keyvalue.ts";
export { checkShape } from "./message-shape.ts";
