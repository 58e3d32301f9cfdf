import { describe, expect, it } from "vitest";
import { RegistryClient, type RegistryOptions } from "../../../src/index.ts";
import { type Route, useHandmadeRegistry } from "./handmade-registry.ts";

const registry = useHandmadeRegistry();
const other = useHandmadeRegistry();
const content = Buffer.from("the bytes of a module");
const credentials = { user: "ann", password: "päss:word" };
const basic = `Basic ${Buffer.from("ann:päss:word").toString("base64")}`;
/** A registry on https as far as the client knows. */
const secure = "secure.example";

function secureFetch(url: string, init: RequestInit): Promise<Response> {
  return fetch(url.replace(`https://${secure}`, registry.url), init);
}

function pull(options: RegistryOptions = {}, name = registry.name) {
  const client = new RegistryClient({
    insecure: [registry.name],
    credentials: () => credentials,
    ...options,
  });
  return client.pull(`${name}/test:1`);
}

function serveImage(): string {
  const layer = registry.blob(content);
  registry.manifest({ schemaVersion: 2, config: {}, layers: [layer] });
  return layer.digest;
}

/** Lets in only what carries this header. */
function guard(path: string, authorization: string, challenge: string): void {
  registry.route(path, (request, response) => {
    if (request.headers.authorization === authorization) return void response.end("{}");
    response.writeHead(401, { "WWW-Authenticate": challenge }).end();
  });
}

function redirect(location: string, status = 307): Route {
  return (_, response) => response.writeHead(status, { Location: location }).end();
}

describe("credentials", () => {
  it("go to the registry that asks for them, as UTF-8", async () => {
    serveImage();
    guard("/v2/", basic, 'Basic realm="here"');
    await pull();
    expect(registry.asked.map(({ authorization }) => authorization)).toEqual([undefined, basic, basic]);
  });

  it("go to nobody who does not ask", async () => {
    serveImage();
    await pull();
    expect(registry.asked.some(({ authorization }) => authorization !== undefined)).toBe(false);
  });

  it.each(["", "Negotiate", 'Digest realm="x"', "Bearer", '"', "Bearer realm", "\\,=,\\"])(
    "go to nobody who asks with %j",
    async (challenge) => {
      serveImage();
      guard("/v2/", basic, challenge);
      await pull();
      expect(registry.asked.some(({ authorization }) => authorization !== undefined)).toBe(false);
    },
  );

  it("are asked for by the registry's name, and may take their time", async () => {
    serveImage();
    guard("/v2/", basic, 'Basic realm="here"');
    const names: string[] = [];
    await pull({
      credentials: async (name) => {
        names.push(name);
        return undefined;
      },
    });
    expect(names).toEqual([registry.name]);
  });

  it("with a colon in the user are refused", async () => {
    guard("/v2/", basic, "Basic");
    const found = pull({ credentials: () => ({ user: "a:b", password: "c" }) });
    await expect(found).rejects.toMatchObject({ code: "input.invalid" });
  });

  it("that are wrong are tried once", async () => {
    guard("/v2/", "Basic other", "Basic");
    guard("/v2/test/manifests/1", "Basic other", "Basic");
    await expect(pull()).rejects.toMatchObject({ code: "registry.unauthorized" });
    expect(registry.asked.filter(({ authorization }) => authorization === basic)).toHaveLength(1);
  });
});

describe("along a redirect", () => {
  it.each([301, 302, 303, 307, 308])("with status %i to another origin no credentials go", async (status) => {
    const digest = serveImage();
    guard("/v2/", basic, "Basic");
    registry.route(`/v2/test/blobs/${digest}`, redirect(`${other.url}/storage`, status));
    other.route("/storage", (_, response) => response.end(content));
    expect(Buffer.from((await pull()).bytes)).toEqual(content);
    expect(other.asked).toMatchObject([{ path: "/storage", authorization: undefined }]);
  });

  it("that comes back from another origin they do not go either", async () => {
    const digest = serveImage();
    guard("/v2/", basic, "Basic");
    registry.route(`/v2/test/blobs/${digest}`, redirect(`${other.url}/detour`));
    other.route("/detour", redirect(`${registry.url}/secret`));
    registry.route("/secret", (_, response) => response.end(content));
    await pull();
    expect(registry.asked.at(-1)).toMatchObject({ path: "/secret", authorization: undefined });
  });

  it("on the same origin they go along", async () => {
    const digest = serveImage();
    guard("/v2/", basic, "Basic");
    registry.route(`/v2/test/blobs/${digest}`, redirect("/elsewhere"));
    registry.route("/elsewhere", (_, response) => response.end(content));
    await pull();
    expect(registry.asked.at(-1)).toMatchObject({ path: "/elsewhere", authorization: basic });
  });

  it("another origin's question for credentials is not answered", async () => {
    const digest = serveImage();
    guard("/v2/", basic, "Basic");
    registry.route(`/v2/test/blobs/${digest}`, redirect(`${other.url}/ask`));
    other.route("/ask", (_, response) => response.writeHead(401, { "WWW-Authenticate": "Basic" }).end());
    await expect(pull()).rejects.toMatchObject({ code: "registry.unauthorized" });
    expect(other.asked).toMatchObject([{ authorization: undefined }]);
  });

  it("that leads round and round the way ends", async () => {
    const digest = serveImage();
    registry.route(`/v2/test/blobs/${digest}`, redirect(`/v2/test/blobs/${digest}`));
    await expect(pull()).rejects.toMatchObject({ code: "registry.bad_response" });
    expect(registry.asked.filter(({ path }) => path.includes("/blobs/"))).toHaveLength(6);
  });

  it.each([
    ["from https to http", () => `${other.url}/storage`, "registry.insecure_refused"],
    ["to a file", () => "file:///etc/passwd", "registry.bad_response"],
    ["with a password in it", () => "https://a:b@example.com/", "registry.bad_response"],
    ["to nowhere", () => "https://", "registry.bad_response"],
  ])("%s the way ends", async (_what, target, code) => {
    const digest = serveImage();
    registry.route(`/v2/test/blobs/${digest}`, redirect(target()));
    await expect(pull({ fetch: secureFetch }, secure)).rejects.toMatchObject({ code });
    expect(other.asked).toEqual([]);
  });
});

describe("a token service", () => {
  const token = (fields: object): Route => {
    return (_, response) => response.end(JSON.stringify(fields));
  };

  it.each(["token", "access_token"])("may call its token %s", async (field) => {
    serveImage();
    guard("/v2/", "never", `Bearer realm="${other.url}/token?a=b",service="my registry"`);
    const path = "/token?a=b&service=my+registry&scope=repository%3Atest%3Apull";
    other.route(path, token({ [field]: "abc" }));
    await pull();
    expect(other.asked).toMatchObject([{ path, authorization: basic }]);
    expect(registry.asked.at(-1)?.authorization).toBe("Bearer abc");
  });

  it("gets no credentials without https, where the registry has it", async () => {
    serveImage();
    guard("/v2/", "never", `Bearer realm="${other.url}/token"`);
    await expect(pull({ fetch: secureFetch }, secure)).rejects.toMatchObject({
      code: "registry.insecure_refused",
    });
    expect(other.asked).toEqual([]);
  });

  it("may not send the client elsewhere with them", async () => {
    serveImage();
    guard("/v2/", "never", 'Bearer realm="/token"');
    registry.route("/token?scope=repository%3Atest%3Apull", redirect(`${other.url}/token`));
    other.route("/token", token({ token: "abc" }));
    await pull();
    expect(other.asked).toMatchObject([{ authorization: undefined }]);
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "<html>"],
    ["no token", "{}"],
    ["a number", '{"token":5}'],
    ["a header", '{"token":"a\\r\\nX-Evil: 1"}'],
    ["an empty one", '{"token":""}'],
  ])("that answers with %s is refused", async (_what, body) => {
    serveImage();
    guard("/v2/", "never", `Bearer realm="${other.url}/token"`);
    other.route("/token?scope=repository%3Atest%3Apull", (_, response) => response.end(body));
    await expect(pull()).rejects.toMatchObject({ code: "registry.bad_response" });
  });

  it("that answers without end is refused", async () => {
    serveImage();
    guard("/v2/", "never", `Bearer realm="${other.url}/token"`);
    other.route("/token?scope=repository%3Atest%3Apull", (_, response) =>
      response.end(Buffer.alloc(70_000, " ")),
    );
    await expect(pull()).rejects.toMatchObject({ code: "registry.too_large" });
  });

  it("is asked again for a token that the registry does not take any more", async () => {
    serveImage();
    const challenge = `Bearer realm="${other.url}/token"`;
    let count = 0;
    other.route("/token?scope=repository%3Atest%3Apull", (_, response) => {
      count += 1;
      response.end(JSON.stringify({ token: `t${count}`, expires_in: 300 }));
    });
    guard("/v2/", "never", challenge);
    const client = new RegistryClient({ insecure: [registry.name] });
    await client.pull(`${registry.name}/test:1`);
    guard("/v2/test/manifests/1", "Bearer t2", challenge);
    await expect(client.pull(`${registry.name}/test:1`)).rejects.toMatchObject({
      code: "registry.bad_manifest",
    });
    expect([count, registry.asked.at(-1)?.authorization]).toEqual([2, "Bearer t2"]);
  });

  it("whose token ends at once is asked each time", async () => {
    serveImage();
    guard("/v2/", "never", `Bearer realm="${other.url}/token"`);
    other.route("/token?scope=repository%3Atest%3Apull", token({ token: "abc", expires_in: 0 }));
    const client = new RegistryClient({ insecure: [registry.name] });
    await client.pull(`${registry.name}/test:1`);
    await client.pull(`${registry.name}/test:1`);
    expect(other.asked).toHaveLength(2);
  });
});
