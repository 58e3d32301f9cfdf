export { joined } from "./joined.ts";
export { readBody } from "./read-body.ts";
