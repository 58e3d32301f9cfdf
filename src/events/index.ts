export type { HostEvent, HostEventBody, LatticeState, RunState } from "./host-event.ts";
export { publishedEvent } from "./published-event.ts";
