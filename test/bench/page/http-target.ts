import { createHostClient, serveHttp } from "../../../web/index.ts";
import { loadActor } from "./load-actor.ts";
import type { Target } from "./target.ts";

const PROVIDER = "weblattice:httpserver";
/** A file of about the size of the actor's answer. */
const FILE = "/index.html";

/** A request to an actor through the service worker, and one for a file of the page's server, of any size. */
export async function httpTarget(): Promise<Target> {
  const client = await createHostClient();
  const { key } = await client.startActor((await loadActor("echo")).bytes);
  const { base } = await serveHttp(client);
  await client.startProviderFrom(PROVIDER);
  const provider = (await client.providerChoices()).find(({ kind }) => kind === PROVIDER);
  if (provider === undefined) throw new Error("There is no HTTP server to start");
  const { id: providerId, contractId } = provider;
  await client.setLink({
    actorId: key,
    providerId,
    contractId,
    linkName: "default",
    values: { PATH: "/echo" },
  });
  return { ours: () => expectText(`${base}/echo`), bare: () => expectText(FILE) };
}

async function expectText(path: string): Promise<void> {
  const response = await fetch(path, { cache: "no-store" });
  const text = await response.text();
  if (response.status !== 200 || text === "") throw new Error(`${path} was answered by ${response.status}`);
}
