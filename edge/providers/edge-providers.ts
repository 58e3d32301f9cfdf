import {
  EXTRAS_PROVIDER,
  HTTP_CLIENT_PROVIDER,
  LOGGING_PROVIDER,
  type ProviderDescriptor,
} from "../../src/providers/index.ts";
import { EDGE_HTTP_SERVER } from "./http-server.ts";
import { OBJECT_KEYVALUE_PROVIDER } from "./object-keyvalue.ts";

/** The providers that every host on the edge runs. */
export const EDGE_PROVIDERS: readonly ProviderDescriptor[] = [
  EDGE_HTTP_SERVER,
  OBJECT_KEYVALUE_PROVIDER,
  HTTP_CLIENT_PROVIDER,
  LOGGING_PROVIDER,
  EXTRAS_PROVIDER,
];
