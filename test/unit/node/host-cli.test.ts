import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseHostArguments } from "../../../node/cli/host-arguments.ts";
import { eventLine } from "../../../node/cli/host-events.ts";
import { lineSink } from "../../../node/cli/host-log.ts";
import { readArtifactFile } from "../../../node/manifest/read-artifact.ts";
import { readManifest } from "../../../node/manifest/read-manifest.ts";
import { freePortFrom } from "../../../node/start/start-options.ts";
import { MEMORY_KEYVALUE_PROVIDER } from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";
import { startTestHost } from "../../support/node-host.ts";

const run = (args: readonly string[], environment: Record<string, string> = {}) =>
  parseHostArguments(args, environment);

const DEFAULTS = {
  kind: "run",
  labels: [],
  log: "text",
  liveUpdates: false,
  strictUpdates: true,
  ociLatest: false,
  insecureRegistries: [],
};

describe("the arguments of the host", () => {
  it("may be missing: a standalone host", () => {
    expect(run([])).toEqual(DEFAULTS);
  });

  it("switch live updates and what may be fetched from registries", () => {
    const args = ["--allow-live-updates", "--disable-strict-update-check", "--allow-oci-latest"];
    const insecure = ["--allowed-insecure", "a:5000,b:5000", "--allowed-insecure=c:5000"];
    expect(run([...args, ...insecure])).toEqual({
      ...DEFAULTS,
      liveUpdates: true,
      strictUpdates: false,
      ociLatest: true,
      insecureRegistries: ["a:5000", "b:5000", "c:5000"],
    });
  });

  it("take from variables how the lattice cache is replicated", () => {
    const environment = {
      KVCACHE_NATS_URL: "ws://a:1, ws://b:2",
      KVCACHE_STATE_REPL_SUBJECT: "one",
      KVCACHE_REPLAY_REQ_SUBJECT: "two",
      KVCACHE_REPLAY_HEARTBEAT_SECS: "30",
      KVCACHE_CLIENT_JWT: "jwt",
      KVCACHE_CLIENT_SEED: "seed",
    };
    expect(run([], environment)).toEqual({
      ...DEFAULTS,
      cache: {
        plane: { servers: ["ws://a:1", "ws://b:2"], jwt: "jwt", seed: "seed" },
        settings: { eventsSubject: "one", replaySubject: "two", replayIntervalMs: 30_000 },
      },
    });
    expect(run([], { ...environment, KVCACHE_NATS_URL: "" })).toEqual(DEFAULTS);
  });

  it.each([
    [{ KVCACHE_NATS_URL: "ws://a", KVCACHE_CLIENT_JWT: "x" }, /together only/],
    [{ KVCACHE_NATS_URL: "ws://a", KVCACHE_REPLAY_HEARTBEAT_SECS: "1.5" }, /whole number of seconds/],
  ])("are refused for the variables %j", (environment, message) => {
    expect(() => run([], environment as Record<string, string>)).toThrow(
      expect.objectContaining({ code: "input.invalid", message: expect.stringMatching(message) }),
    );
  });

  it("take the credentials for registries from two variables, both needed", () => {
    const [user, password] = ["me", "hunter2"];
    expect(run([], { OCI_REGISTRY_USER: user, OCI_REGISTRY_PASSWORD: password })).toEqual({
      ...DEFAULTS,
      registryCredentials: { user, password },
    });
    expect(run([], { OCI_REGISTRY_USER: user })).toEqual(DEFAULTS);
  });

  it("name the manifest, the store, the namespace, the log's form, and labels cut at their first equals sign", () => {
    const args = [
      "-m",
      "m.yaml",
      "--store",
      "data",
      "--nsprefix",
      "prod",
      "--log",
      "json",
      "-l",
      "a=b=c",
      "--label=d=",
    ];
    expect(run(args)).toEqual({
      ...DEFAULTS,
      manifest: "m.yaml",
      store: "data",
      namespace: "prod",
      log: "json",
      labels: [
        ["a", "b=c"],
        ["d", ""],
      ],
    });
  });

  it.each([
    [["--help"], "help"],
    [["-h"], "help"],
    [["--version"], "version"],
    [["-V"], "version"],
  ])("%j ask for %s", (args, kind) => {
    expect(run(args)).toEqual({ kind });
  });

  it.each([
    ["an unknown option", ["--cache-provider", "x"], {}, /cache-provider/],
    ["something without an option", ["manifest.yaml"], {}, /manifest\.yaml/],
    ["a label without a value", ["-l", "zone"], {}, /--label must be like/],
    ["a label without a name", ["-l", "=a"], {}, /--label must be like/],
    ["an unknown form of log", ["--log", "xml"], {}, /text or json/],
    ["a heartbeat that is no time", [], { HEARTBEAT_INTERVAL_S: "0" }, /HEARTBEAT_INTERVAL_S/],
    ["a JWT without its seed", ["--nats", "ws://a", "--rpc-jwt", "j"], {}, /--rpc-jwt is of no use without/],
    ["a seed without its JWT", ["--nats", "ws://a"], { CONTROL_SEED: "s" }, /--control-seed is of no use/],
    ["a host without the port of its listener", ["--rpc-host", "a"], {}, /--rpc-port is missing/],
    ["a port that is none", ["--rpc-port", "x"], {}, /not "x"/],
  ])("are refused for %s", (_, args, environment, message) => {
    expect(() => run(args, environment as Record<string, string>)).toThrow(
      expect.objectContaining({ code: "input.invalid", message: expect.stringMatching(message) }),
    );
  });

  it("take variables where an option is missing, and none that are empty", () => {
    const environment = {
      NATS_URL: "ws://env:1",
      RPC_CREDS: "env.creds",
      HEARTBEAT_INTERVAL_S: "5",
      RPC_JWT: "",
    };
    expect(run([], environment)).toMatchObject({
      rpc: { servers: ["ws://env:1"], credsFile: "env.creds" },
      heartbeatMs: 5_000,
    });
    expect(run(["--nats", "wss://arg", "--rpc-credsfile", "arg.creds"], environment)).toMatchObject({
      rpc: { servers: ["wss://arg"], credsFile: "arg.creds" },
    });
  });
});

describe("the planes of a lattice", () => {
  const planes = (args: readonly string[]) => {
    const command = run(args);
    if (command.kind !== "run") throw new Error("not a run");
    return command;
  };

  it("go the same way unless told otherwise", () => {
    const { rpc, control } = planes(["--nats", "ws://a:1, ws://b:2"]);
    expect(rpc).toEqual({ servers: ["ws://a:1", "ws://b:2"] });
    expect(control).toBe(rpc);
  });

  it("are reached by host and port too", () => {
    expect(planes(["--rpc-host", "a", "--rpc-port", "80"]).rpc?.servers).toEqual(["ws://a"]);
    expect(planes(["--rpc-port", "4223"]).rpc?.servers).toEqual(["ws://127.0.0.1:4223"]);
  });

  it("part when the control plane has an address or credentials of its own", () => {
    const base = ["--nats", "wss://a:443", "--rpc-jwt", "j", "--rpc-seed", "s"];
    expect(planes([...base, "--control-host", "b", "--control-port", "9"]).control).toEqual({
      servers: ["wss://b:9"],
      jwt: "j",
      seed: "s",
    });
    expect(planes([...base, "--control-credsfile", "c"]).control).toEqual({
      servers: ["wss://a:443"],
      credsFile: "c",
    });
  });

  it("prefer a JWT and its seed to a credentials file", () => {
    const args = ["--nats", "ws://a", "--rpc-jwt", "j", "--rpc-seed", "s", "--rpc-credsfile", "c"];
    expect(planes(args).rpc).toEqual({ servers: ["ws://a"], jwt: "j", seed: "s" });
  });
});

describe("the lines of the host", () => {
  const time = Date.UTC(2026, 0, 2);
  const record = {
    time,
    level: "warn",
    scope: "host",
    message: "a\nb \u001b[31mc",
    fields: { n: 1, t: "x" },
  } as const;

  it("are one line each, whatever they quote", () => {
    const lines: string[] = [];
    lineSink("text", (line) => lines.push(line)).write(record);
    expect(lines).toEqual(["2026-01-02T00:00:00.000Z warn  host: a\\nb \\u001b[31mc (n=1, t=x)"]);
  });

  it("are JSON objects if wanted", () => {
    const lines: string[] = [];
    lineSink("json", (line) => lines.push(line)).write(record);
    expect(lines.map((line) => JSON.parse(line))).toEqual([{ ...record, time: "2026-01-02T00:00:00.000Z" }]);
    expect(lines[0]).not.toContain("\n");
  });

  it("never show the values of a link", () => {
    const link = {
      actorId: "M",
      providerId: "V",
      contractId: "c",
      linkName: "l",
      values: { PASSWORD: "hunter2" },
    };
    const lines = (["link_set", "link_removed", "link_bound"] as const).flatMap(
      (type) => eventLine({ type, link, time }) ?? [],
    );
    expect(lines).toHaveLength(2);
    expect(JSON.stringify(lines)).not.toContain("hunter2");
  });
});

describe("applying a manifest", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "weblattice-manifest-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("applies what is good and reports all that failed together", async () => {
    const { bytes, key } = testActor("kvcounter");
    const closed = await freePortFrom(49_152);
    await writeFile(join(folder, "actor.wasm"), bytes);
    await writeFile(join(folder, "broken.wasm"), "no module");
    await writeFile(
      join(folder, "manifest.json"),
      JSON.stringify({
        actors: [
          `127.0.0.1:${closed}/echo:0.2.1`,
          "$" + "{FOLDER}/broken.wasm",
          folder,
          "$" + "{FOLDER}/actor.wasm",
        ],
        capabilities: [
          { image_ref: `127.0.0.1:${closed}/redis:1` },
          { image_ref: "weblattice:keyvalue-memory" },
          { image_ref: MEMORY_KEYVALUE_PROVIDER.id, link_name: "second" },
          { image_ref: "weblattice:keyvalue-memory" },
        ],
        links: [
          { actor: "echo", contract_id: "wasmcloud:keyvalue", provider_id: MEMORY_KEYVALUE_PROVIDER.id },
          { actor: key, contract_id: "wasmcloud:keyvalue", provider_id: MEMORY_KEYVALUE_PROVIDER.id },
        ],
      }),
    );
    const manifest = await readManifest(join(folder, "manifest.json"), { FOLDER: folder });
    const { host, call } = await startTestHost();
    const failures = await host.applyManifest(manifest, { readFile: readArtifactFile });
    expect(failures.map(({ item, error }) => [item.replaceAll(folder, "F"), error.code])).toEqual([
      [`actor 127.0.0.1:${closed}/echo:0.2.1`, "registry.unreachable"],
      ["actor F/broken.wasm", "module.malformed"],
      ["actor F", "module.fetch_failed"],
      [`capability 127.0.0.1:${closed}/redis:1 (default)`, "registry.unreachable"],
      ["capability weblattice:keyvalue-memory (default)", "provider.already_running"],
      ["link echo to wasmcloud:keyvalue (default)", "link.invalid"],
    ]);
    await call(key, "Count");
    const { providers, links, actors } = await host.describe();
    expect(providers.map(({ linkName }) => linkName)).toEqual(["default", "default", "second"]);
    expect(links).toMatchObject([{ state: "bound" }]);
    expect(actors.map(({ reference }) => reference)).toEqual([undefined]);
  });

  it("needs the file", async () => {
    await expect(readManifest(join(folder, "none.yaml"), {})).rejects.toMatchObject({
      code: "input.invalid",
      message: "Manifest file could not be opened.",
    });
  });
});
