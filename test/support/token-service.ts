import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { SignJWT } from "jose";
import { makeScratchFolder } from "../../node/system/scratch-folder.ts";
import { registryUser } from "./docker-registry.ts";
import { selfSigned } from "./self-signed.ts";

/** A token service as public registries have one. Anybody may pull from `public/…`, {@link registryUser} anything. */
export interface TokenService {
  readonly name: string;
  /** Lines for the `auth` section of a docker-registry that trusts it. */
  readonly authLines: readonly string[];
  /** Scopes that were asked for so far. */
  readonly asked: string[];
  stop(): Promise<void>;
}

const issuer = "weblattice-test-issuer";
const service = "weblattice-test-registry";

/** Starts a token service. Its tokens are good for a minute. */
export async function startTokenService(): Promise<TokenService> {
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const certificate = selfSigned(issuer, keys);
  const chain = [new X509Certificate(certificate).raw.toString("base64")];
  const folder = makeScratchFolder("token-service");
  const bundle = join(folder.path, "root.pem");
  writeFileSync(bundle, certificate);
  const asked: string[] = [];

  const tokenFor = (scope: string, isKnown: boolean): Promise<string> => {
    const [type = "", name = "", actions = ""] = scope.split(":");
    const granted = isKnown ? actions.split(",") : name.startsWith("public/") ? ["pull"] : [];
    return new SignJWT({ access: [{ type, name, actions: granted }] })
      .setProtectedHeader({ alg: "RS256", typ: "JWT", x5c: chain })
      .setIssuer(issuer)
      .setAudience(service)
      .setSubject(isKnown ? registryUser.user : "")
      .setIssuedAt()
      .setNotBefore("-1s")
      .setExpirationTime("1m")
      .setJti(String(asked.length))
      .sign(keys.privateKey);
  };

  const { user, password } = registryUser;
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const server = createServer(async (request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://localhost");
    const { authorization } = request.headers;
    const scope = searchParams.get("scope") ?? "";
    asked.push(scope);
    if (authorization !== undefined && authorization !== expected) {
      response.writeHead(401).end();
      return;
    }
    const token = await tokenFor(scope, authorization !== undefined);
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ access_token: token, expires_in: 60 }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    name,
    asked,
    authLines: [
      "  token:",
      `    realm: http://${name}/token`,
      `    service: ${service}`,
      `    issuer: ${issuer}`,
      `    rootcertbundle: ${bundle}`,
    ],
    async stop() {
      server.closeAllConnections();
      server.close();
      folder.remove();
    },
  };
}
