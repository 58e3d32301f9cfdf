import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { signActorModule } from "../../src/claims/index.ts";
import { KeyPair } from "../../src/keys/index.ts";
import { unsignedTestActor } from "./actors.ts";

/** A server of many actors, all the same module under keys of their own. */
export interface ManyActors {
  /** Address of the actor with a number from 0. */
  url(number: number): string;
  close(): void;
}

/** Signs a module of `test/actors` under as many keys as asked for, and serves the results to any page. */
export async function serveManyActors(name: string, count: number): Promise<ManyActors> {
  const unsigned = unsignedTestActor(name);
  const issuer = await KeyPair.generate("account");
  const modules: Uint8Array[] = [];
  for (let number = 0; number < count; number++) {
    const { publicKey: subject } = await KeyPair.generate("module");
    const claims = { name: `${name} ${number}`, capabilities: ["wasmcloud:keyvalue"], subject };
    modules.push(await signActorModule(unsigned, claims, issuer));
  }
  const server: Server = createServer((request, response) => {
    const module = modules[Number(/^\/(\d+)\.wasm$/.exec(request.url ?? "")?.[1])];
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
    if (module === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "Content-Type": "application/wasm" }).end(module);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (number) => `http://127.0.0.1:${port}/${number}.wasm`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
