import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { ActorClaims } from "../../../../src/claims/index.ts";
import { KeyPair } from "../../../../src/keys/index.ts";
import { claimsOf } from "../dispatcher-setting.ts";

export type Route = (request: IncomingMessage, response: ServerResponse) => void;

/** An account server for the tests of one file, new of memory for each. */
export interface AccountServer {
  /** Without a slash at its end. */
  readonly root: string;
  /** Paths with queries that were asked for in this test. */
  readonly requests: string[];
  /** Says how an account is answered from now on; it is unknown otherwise. */
  answer(account: string, route: Route): void;
}

export function useAccountServer(): AccountServer {
  const routes = new Map<string, Route>();
  const requests: string[] = [];
  let server: Server;
  let root = "";
  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = request.url ?? "";
      requests.push(url);
      const [, account = ""] = /^\/jwt\/v1\/accounts\/([A-Z0-9]+)\?check=true&decode=true$/.exec(url) ?? [];
      const route = routes.get(account) ?? unknown;
      route(request, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    root = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwt/v1`;
  });
  beforeEach(() => {
    routes.clear();
    requests.length = 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    get root() {
      return root;
    },
    requests,
    answer: (account, route) => routes.set(account, route),
  };
}

const unknown: Route = (_request, response) => response.writeHead(404).end("no matching account JWT");

/** Answers 200 with a body. */
export function body(text: string | Uint8Array): Route {
  return (_request, response) => response.end(text);
}

export function status(code: number, headers: Record<string, string> = {}): Route {
  return (_request, response) => response.writeHead(code, headers).end("error loading JWT");
}

/**
 * What nats-account-server answers with `decode=true`: header, claims with the dates spelt out, and the signature. An
 * imported activation has claims of its own within.
 */
export function listing(account: string, exp?: number): string {
  const expiry = exp === undefined ? [] : [`    "exp": ${exp} (2033-05-18),`];
  return [
    "{",
    '    "typ": "jwt",',
    '    "alg": "ed25519-nkey"',
    "}\n\r",
    "{",
    ...expiry,
    '    "iat": 1556229062 (2019-04-25),',
    '    "jti": "5YMRO4KN",',
    '    "nats": {',
    '        "imports": [',
    "            {",
    '                "token": {',
    '                    "exp": 1,',
    '                    "sub": "ASOMEONEELSE"',
    "                },",
    "            }",
    "        ]",
    "    },",
    `    "sub": "${account}"`,
    "}\n\r",
    "c2lnbmF0dXJl",
  ].join("\n");
}

export async function newAccount(): Promise<string> {
  return (await KeyPair.generate("account")).publicKey;
}

export function signedBy(issuer: string): ActorClaims {
  return claimsOf("MA", { issuer });
}
