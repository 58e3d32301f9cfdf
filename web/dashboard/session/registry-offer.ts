import * as v from "valibot";
import { PROXY_PREFIX } from "../../../src/index.ts";
import type { StartOptions } from "../../host-api.ts";

const offerSchema = v.object({ registries: v.pipe(v.array(v.string()), v.maxLength(100)) });
/** Milliseconds; the host waits for it, and the answer is a small file of the page's own server. */
const ANSWER_MS = 2_000;

/** The registries that the server of this page forwards to. No file, or one that names none, is no error. */
export async function fetchRegistryOffer(): Promise<Pick<StartOptions, "registryProxy">> {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(new URL("weblattice.json", document.baseURI), { cache: "no-store", signal });
    const { registries } = v.parse(offerSchema, await response.json());
    const address = new URL(PROXY_PREFIX, document.baseURI).href;
    return registries.length === 0 ? {} : { registryProxy: { address, registries } };
  } catch {
    return {}; // served without such a file: registries are reached directly
  }
}
