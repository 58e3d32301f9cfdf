import { shortKey } from "../format/key.ts";

/** What a host is called in sentences. */
export function hostName(id: string, ownId: string): string {
  return id === ownId ? "this tab" : `host ${shortKey(id)}`;
}
