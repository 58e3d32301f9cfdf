import chat from "../../../build/actors/chat.wasm";
import echo from "../../../build/actors/echo.wasm";
import extras from "../../../build/actors/extras.wasm";
import faulty from "../../../build/actors/faulty.wasm";
import kvcounter from "../../../build/actors/kvcounter.wasm";
import parrot from "../../../build/actors/parrot.wasm";
import pinger from "../../../build/actors/pinger.wasm";
import website from "../../../build/actors/website.wasm";
import { edgeHost } from "../../../edge/index.ts";
import { withBackDoor } from "./back-door.ts";
import { KeyValueObject } from "./keyvalue-object.ts";
import { StoreObject } from "./store-object.ts";
import { SuiteObject } from "./suite-object.ts";

/** The worker of the tests: a host as users write it, and a back door for what only tests do. */
const edge = withBackDoor(
  edgeHost({
    actors: { echo, kvcounter, faulty, pinger, extras, website, parrot, chat },
    routes: [
      { path: "/echo,/e", actor: "echo" },
      { path: "/count", actor: "kvcounter" },
      { path: "/web", actor: "website" },
      { path: "/named", actor: "extras", host: "named.test" },
      { path: "/ping", actor: "pinger" },
    ],
    links: [
      { actor: "kvcounter", contract: "wasmcloud:keyvalue" },
      { actor: "extras", contract: "wasmcloud:extras" },
      { actor: "website", contract: "wasmcloud:keyvalue" },
      {
        actor: "parrot",
        contract: "wasmcloud:telnet",
        values: { PATH: "/parrot,/polly", MOTD: "Welcome\n" },
      },
      { actor: "chat", contract: "wasmcloud:telnet" },
      { actor: "website", contract: "wasmcloud:logging" },
      { actor: "website", contract: "wasmcloud:httpclient", values: { timeout: "2", max_redirects: "2" } },
    ],
    requestMs: 6_000,
    sessions: 4,
    maxBodyBytes: 262_144,
    tableMs: 100,
    heartbeatMs: 1_000,
    lingerMs: 500,
    limits: { callDeadlineMs: 3_000 },
    updates: { enabled: true },
  }),
);

export default edge;
export const { HostObject } = edge;
export { KeyValueObject, StoreObject, SuiteObject };
