export { delay } from "./delay.ts";
export { isDoneWithin, within } from "./within.ts";
