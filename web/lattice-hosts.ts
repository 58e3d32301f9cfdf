import type { ControlClient } from "../src/index.ts";
import type { LatticeHost } from "./host-api.ts";

/** All hosts of a lattice that answer, each with what it runs; asked all at once. */
export async function latticeHosts(control: ControlClient): Promise<LatticeHost[]> {
  const hosts = await control.getHosts();
  return Promise.all(
    hosts.map(async (host): Promise<LatticeHost> => {
      // A host that went away meanwhile is shown without its inventory.
      const inventory = await control.getHostInventory(host.id).catch(() => undefined);
      return inventory === undefined ? host : { ...host, inventory };
    }),
  );
}

/** Keys of the hosts that bid, each once. */
export function bidders(bids: readonly { readonly hostId: string }[]): string[] {
  return [...new Set(bids.map(({ hostId }) => hostId))];
}
