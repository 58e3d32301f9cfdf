import { Fields, on, PackWriter } from "../guest";

export { __guest_call } from "../guest";

export function wapc_init(): void {
  on("Ping", ping);
}

/** Adds 42; an i32, it wraps. */
function ping(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const value = fields.i32("value");
  if (fields.undecodable) return fields.refuse();
  return new PackWriter().map(1).text("value").int(value + 42).finish();
}
