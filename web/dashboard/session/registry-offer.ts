import * as v from "valibot";
import { PROXY_PREFIX } from "../../../src/index.ts";
import type { StartOptions } from "../../host-api.ts";
import { readServerOffer } from "./server-offer.ts";

const offerSchema = v.object({ registries: v.pipe(v.array(v.string()), v.maxLength(100)) });

/** The registries that the server of this page forwards to; without any they are reached directly. */
export async function fetchRegistryOffer(): Promise<Pick<StartOptions, "registryProxy">> {
  const result = v.safeParse(offerSchema, await readServerOffer());
  if (!result.success || result.output.registries.length === 0) return {};
  const address = new URL(PROXY_PREFIX, document.baseURI).href;
  return { registryProxy: { address, registries: result.output.registries } };
}
