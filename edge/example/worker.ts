import echo from "../../build/actors/echo.wasm";
import kvcounter from "../../build/actors/kvcounter.wasm";
import { edgeHost } from "../index.ts";

const edge = edgeHost({
  actors: { echo, kvcounter },
  routes: [
    { path: "/echo", actor: "echo" },
    { path: "/count", actor: "kvcounter" },
  ],
  links: [{ actor: "kvcounter", contract: "wasmcloud:keyvalue" }],
});

export default edge;
export const { HostObject } = edge;
