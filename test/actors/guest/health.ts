import { Fields } from "./fields";
import { PackWriter } from "./pack-writer";

/** The default answer to `HealthRequest`: healthy, nothing to add. Contract section 7.1. */
export function health(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  fields.bool("placeholder");
  if (fields.undecodable) return fields.refuse();
  return new PackWriter().map(2).text("healthy").bool(true).text("message").text("").finish();
}
