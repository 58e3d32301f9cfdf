import { expect, it } from "vitest";
import { RegistryClient, throughRegistryProxy } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { endWorkersAfterEach, startEdgeWorker } from "../support/edge/edge-worker.ts";
import { useRegistry } from "../support/registry.ts";

const registry = useRegistry();
endWorkersAfterEach();

it("a worker hands images of the registries it names to pages, and of no others", async () => {
  const { name } = registry.current;
  const { bytes } = testActor("echo");
  const insecure = [name, "127.0.0.1:1"];
  await new RegistryClient({ insecure }).push(`${name}/echo:1`, bytes, { kind: "actor" });
  const edge = await startEdgeWorker({
    variables: { REGISTRY_PROXY: name, INSECURE_REGISTRIES: name },
  });
  const proxy = throughRegistryProxy(`${edge.workerd.url}/registry-proxy`);
  const client = new RegistryClient({ insecure, proxy });
  const pulled = await client.pull(`${name}/echo:1`, { kind: "actor" });
  expect(Buffer.compare(pulled.bytes, bytes)).toBe(0);
  await expect(client.pull("127.0.0.1:1/echo:1")).rejects.toThrow(
    "The operator of this proxy does not allow",
  );
});

it("a worker that names no registries has no such path", async () => {
  const edge = await startEdgeWorker();
  const path = `/registry-proxy/${registry.current.name}/v2/echo/manifests/1`;
  expect(await edge.problem(path)).toMatchObject({ status: 404, code: "http.no_route" });
});
