export { exactBytes, isExact } from "./exact-bytes.ts";
export { joined } from "./joined.ts";
export { readBody } from "./read-body.ts";
