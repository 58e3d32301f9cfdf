import { httpServerContract } from "../../src/contracts/index.ts";
import { HostError } from "../../src/errors/index.ts";
import type { Manifest } from "../../src/host/index.ts";
import type { LinkDefinition } from "../../src/lattice/index.ts";
import type { EdgeLink, EdgeRoute } from "../options.ts";
import { EDGE_PROVIDERS } from "../providers/edge-providers.ts";
import { EDGE_HTTP_SERVER } from "../providers/http-server.ts";
import { linkId } from "./host-record.ts";

/** The `M…` key of an actor that the configuration names. */
export type KeyOf = (actor: string) => string;

/**
 * The links that stand for the routes and links of a configuration, those of its manifest among them, by `linkId`.
 *
 * @throws HostError `input.invalid`.
 */
export function configuredLinks(
  { routes, links }: { readonly routes: readonly EdgeRoute[]; readonly links: readonly EdgeLink[] },
  manifest: Pick<Manifest, "links"> | undefined,
  keyOf: KeyOf,
): ReadonlyMap<string, LinkDefinition> {
  const own = [...routeLinks(routes, keyOf), ...links.map((link) => toLink(link, keyOf))];
  return new Map([...own, ...(manifest?.links ?? [])].map((link) => [linkId(link), link]));
}

/** A link holds one list of paths and one of host names: routes of one actor must fit into that. */
function routeLinks(routes: readonly EdgeRoute[], keyOf: KeyOf): LinkDefinition[] {
  const byActor = new Map<string, { readonly hosts: string; readonly paths: string[] }>();
  for (const { actor, path = "/", host = "" } of routes) {
    const key = keyOf(actor);
    const known = byActor.get(key) ?? { hosts: host, paths: [] };
    if (known.hosts !== host) {
      throw new HostError("input.invalid", `All routes of the actor ${actor} must have the same host names`);
    }
    known.paths.push(path);
    byActor.set(key, known);
  }
  return [...byActor].map(([actorId, { hosts, paths }]) => ({
    actorId,
    providerId: EDGE_HTTP_SERVER.id,
    linkName: "default",
    contractId: httpServerContract.id,
    values: { PATH: paths.join(","), ...(hosts === "" ? {} : { HOST: hosts }) },
  }));
}

function toLink(link: EdgeLink, keyOf: KeyOf): LinkDefinition {
  const { actor, contract, linkName = "default", values = {} } = link;
  const providerId = link.provider ?? EDGE_PROVIDERS.find((each) => each.contractId === contract)?.id;
  if (providerId !== undefined) {
    return { actorId: keyOf(actor), providerId, linkName, contractId: contract, values };
  }
  throw new HostError("input.invalid", `The edge has no provider of ${contract}: name one by its key`);
}
