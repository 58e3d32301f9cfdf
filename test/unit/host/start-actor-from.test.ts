import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { testActor } from "../../support/actors.ts";
import { useModuleServer } from "../../support/module-server.ts";
import { startTestHost } from "../../support/node-host.ts";

const server = useModuleServer();
const echo = testActor("echo");

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => listener.once("listening", resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("starting an actor from an address", () => {
  it("fetches it, and remembers where it came from", async () => {
    const { host, call, events } = await startTestHost();
    const reference = server.actor("echo");
    expect(await host.startActorFrom(reference)).toMatchObject({ key: echo.key, reference });
    expect(await call(echo.key, "Echo", 1)).toHaveLength(1);
    expect(events.at(-2)).toMatchObject({ type: "actor_started", actor: echo.key, reference });
    await host.stopActor(reference);
    expect((await host.describe()).actors).toEqual([]);
  });

  it("follows a redirection", async () => {
    server.route("/moved", (_request, response) => response.writeHead(302, { location: "/echo.wasm" }).end());
    const { host } = await startTestHost();
    expect(await host.startActorFrom(`${server.origin}/moved`)).toMatchObject({ key: echo.key });
  });

  it("fails where it is not found, and says so", async () => {
    const { host, events } = await startTestHost();
    const reference = `${server.origin}/nothing.wasm`;
    await expect(host.startActorFrom(reference)).rejects.toMatchObject({
      code: "module.fetch_failed",
      message: `${reference} could not be fetched: the server answered 404`,
      hint: expect.stringContaining("CORS"),
    });
    expect(events.at(-1)).toMatchObject({
      type: "actor_failed",
      actor: reference,
      error: { code: "module.fetch_failed" },
    });
    const { actors, counters } = await host.describe();
    expect([actors, counters]).toEqual([[], { "actors.start_failed": 1 }]);
  });

  it("fails where nobody listens", async () => {
    const { host } = await startTestHost();
    await expect(host.startActorFrom(`http://127.0.0.1:${await closedPort()}/a.wasm`)).rejects.toMatchObject({
      code: "module.fetch_failed",
      message: expect.stringMatching(/could not be fetched: ./),
    });
  });

  it("fails where the connection breaks off", async () => {
    server.route("/broken", (_request, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("half", () => response.destroy());
    });
    const { host } = await startTestHost();
    await expect(host.startActorFrom(`${server.origin}/broken`)).rejects.toMatchObject({
      code: "module.fetch_failed",
    });
  });

  it.each([
    ["garbage", "not a module", "module.malformed"],
    ["nothing", "", "module.malformed"],
    ["page", "<!doctype html>", "module.malformed"],
  ])("fails where there is no module: %s", async (path, body, code) => {
    server.route(`/${path}`, (_request, response) => response.end(body));
    const { host } = await startTestHost();
    await expect(host.startActorFrom(`${server.origin}/${path}`)).rejects.toMatchObject({ code });
    expect((await host.describe()).actors).toEqual([]);
  });

  it("does not read more than the limit, however long the answer is", async () => {
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    server.route("/endless", (_request, response) => {
      const chunk = Buffer.alloc(16_384);
      const pump = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", pump).on("close", closed);
      pump();
    });
    const { host } = await startTestHost({ limits: { moduleBytes: 100_000 } });
    await expect(host.startActorFrom(`${server.origin}/endless`)).rejects.toMatchObject({
      code: "module.too_large",
      message: "The file has more than 100000 bytes",
      details: { limit: 100_000 },
    });
    await gone;
  });

  it.each(["", "echo.wasm", "file:///etc/passwd", "data:,x", "ftp://a/b", echo.key])(
    "is refused for what is neither a web address nor an image reference: %j",
    async (reference) => {
      const { host } = await startTestHost();
      await expect(host.startActorFrom(reference)).rejects.toMatchObject({
        code: "registry.invalid_reference",
        hint: expect.stringMatching(/http\(s\) address .* image reference/),
      });
    },
  );

  it("that are two at the same time starts it once", async () => {
    const { host } = await startTestHost();
    const reference = server.actor("echo");
    const outcomes = await Promise.allSettled([
      host.startActorFrom(reference),
      host.startActorFrom(reference),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await host.describe()).actors).toHaveLength(1);
  });
});
