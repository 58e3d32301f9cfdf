import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { decode } from "@msgpack/msgpack";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { webSocketFactory } from "../../node/index.ts";
import { withDeadline } from "../../node/system/deadline.ts";
import { latticeSubjects, MEMORY_KEYVALUE_PROVIDER } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { connectClient, useNatsServer } from "../support/nats.ts";
import { startTestHost } from "../support/node-host.ts";
import { makeJwtAuthority } from "./nats-jwt.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const START_MS = 30_000;

/** A host of the command line in a process of its own. */
class HostProcess {
  readonly child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #output = "";

  constructor(args: readonly string[], environment: Record<string, string> = {}, command = ["node"]) {
    const [program = "node", ...first] =
      command[0] === "node" ? [process.execPath, "--import", "tsx", "node/cli/host.ts"] : command;
    // A group of its own, so that a signal can be sent as a terminal does.
    this.child = spawn(program, [...first, ...args], {
      cwd: root,
      env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#output += chunk.toString("utf8");
        this.child.emit("output");
      });
    }
    this.#ended = once(this.child, "exit").then(([code]) => code as number | null);
    running.add(this);
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves with the host's key once it says that it is ready. */
  async ready(): Promise<string> {
    const pattern = /Host (N[A-Z2-7]{55}) is ready/;
    const wait = async (): Promise<string> => {
      for (;;) {
        const id = pattern.exec(this.#output)?.[1];
        if (id !== undefined) return id;
        if (this.child.exitCode !== null) throw new Error(`The host ended: ${this.#output}`);
        await Promise.race([once(this.child, "output"), this.#ended]);
      }
    };
    return withDeadline(wait(), START_MS, "The start of a host").catch((error: unknown) => {
      throw new Error(`Not ready, said only: ${this.#output}`, { cause: error });
    });
  }

  /** The exit code. */
  ended(): Promise<number | null> {
    return withDeadline(this.#ended, START_MS, "The end of a host");
  }

  signal(signal: NodeJS.Signals, to: "process" | "group" = "process"): void {
    const { pid = 0 } = this.child;
    process.kill(to === "group" ? -pid : pid, signal);
  }

  /** Resolves when neither it nor any process that it started runs. */
  async gone(): Promise<void> {
    for (const start = Date.now(); this.isAlive; await sleep(20)) {
      if (Date.now() - start > 5_000) throw new Error("Something of the host still runs");
    }
  }

  /** Whether any process that it started, or it itself, still runs. */
  get isAlive(): boolean {
    try {
      process.kill(-(this.child.pid ?? 0), 0);
      return true;
    } catch {
      return false;
    }
  }
}

const running = new Set<HostProcess>();
afterEach(() => {
  for (const host of running) if (host.isAlive) host.signal("SIGKILL", "group");
  running.clear();
});

const authority = makeJwtAuthority();
const open = useNatsServer();
const guarded = useNatsServer({ config: authority.config });
let folder: string;
let manifest: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weblattice-host-"));
  manifest = join(folder, "manifest.yaml");
  await writeFile(
    manifest,
    `labels: { zone: a, hostcore.os: mine }
actors:
  - \${ACTORS}/kvcounter.wasm
  - 127.0.0.1:1/echo:0.2.1
capabilities:
  - image_ref: \${STORE:weblattice:keyvalue-memory}
links:
  - actor: ${testActor("kvcounter").key}
    contract_id: wasmcloud:keyvalue
    provider_id: ${MEMORY_KEYVALUE_PROVIDER.id}
    values: { PORT: 8080 }
`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

const ACTORS = { ACTORS: "build/actors" };

describe("a host of the command line", { timeout: 60_000 }, () => {
  it("runs its manifest on a lattice, answers there, and leaves it at Ctrl-C", async () => {
    const url = open.current.webSocketUrl;
    const args = ["-m", manifest, "-l", "zone=b", "-l", "rack=7", "--nsprefix", "cli", "--log", "json"];
    const process = new HostProcess(args, { ...ACTORS, NATS_URL: url });
    const id = await process.ready();

    const { host: other } = await startTestHost();
    await other.joinLattice({ servers: url, namespace: "cli", webSocketFactory });
    const { key } = testActor("kvcounter");
    const counts = [];
    for (let i = 0; i < 2; i++) counts.push(decode(await other.callActor(key, "Count", new Uint8Array(0))));
    expect(counts).toEqual([{ counter: 1 }, { counter: 2 }]);

    const subjects = latticeSubjects("cli");
    const client = await connectClient(url);
    const reply = await client.request(subjects.inventory(id), new Uint8Array(0), { timeout: 2_000 });
    expect(reply.json()).toMatchObject({
      host_id: id,
      labels: { zone: "a", rack: "7", "hostcore.os": "linux" },
      actors: [{ id: key }],
    });
    const events: unknown[] = [];
    client.subscribe(subjects.events, {
      callback: (_, message) => {
        const { event, header } = message.json<{ event: unknown; header: { host_origin: string } }>();
        if (header.host_origin === id) events.push(event);
      },
    });
    await client.flush();

    process.signal("SIGINT");
    expect(await process.ended()).toBe(0);
    await client.flush();
    expect(events).toContain("HostStopped");
    await client.close();
    await process.gone();

    const records = process.output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(records.filter(({ level }) => level === "error").map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Actor 127\.0\.0\.1:1\/echo:0\.2\.1 failed: Failed to fetch OCI bytes/),
      expect.stringMatching(/^The manifest's actor 127\.0\.0\.1:1\/echo:0\.2\.1 failed/),
    ]);
  });

  it("stops in order when npm and the terminal both pass the Ctrl-C on", async () => {
    const process = new HostProcess([], {}, ["npm", "run", "--silent", "host", "--"]);
    await process.ready();
    process.signal("SIGINT", "group");
    await process.ended();
    await process.gone();
    expect(process.output).toContain("host: Stopped");
  });

  it("is standalone when the lattice cannot be reached and there is a manifest, and keeps data in its folder", async () => {
    const data = join(folder, "data");
    const args = ["-m", manifest, "--nats", "ws://127.0.0.1:1", "--store", data];
    const process = new HostProcess(args, { ...ACTORS, STORE: "weblattice:keyvalue" });
    await process.ready();
    expect(process.output).toContain("The RPC plane cannot be reached");
    expect(process.output).toContain("lattice=standalone");
    expect(process.output).toContain("Provider weblattice Key-Value started");
    process.signal("SIGTERM");
    expect(await process.ended()).toBe(0);
    expect(await readdir(data)).toContain("CURRENT");
  });

  it("ends with 1 when the lattice cannot be reached and there is nothing else to do", async () => {
    const process = new HostProcess(["--nats", "ws://127.0.0.1:1"]);
    expect(await process.ended()).toBe(1);
    expect(process.output).toContain("host: Could not connect to ws://127.0.0.1:1");
  });

  it("has a plane where one of the two can be reached", async () => {
    const args = ["--nats", open.current.webSocketUrl, "-m", manifest, "--control-port", "1"];
    const process = new HostProcess(args, ACTORS);
    await process.ready();
    expect(process.output).toContain("The control plane cannot be reached");
    expect(process.output).toContain("lattice=connected");
    process.signal("SIGINT");
    expect(await process.ended()).toBe(0);
  });

  it.each([
    ["a credentials file", async () => ["--rpc-credsfile", await file("user.creds", authority.credsFile)]],
    ["a token and its seed", async () => ["--rpc-jwt", authority.userJwt, "--rpc-seed", authority.userSeed]],
    [
      "files with a token and its seed",
      async () => [
        "--rpc-jwt",
        await file("user.jwt", `${authority.userJwt}\n`),
        "--rpc-seed",
        await file("user.nk", `${authority.userSeed}\n`),
      ],
    ],
  ])("shows who it is by %s", async (_, credentials) => {
    const process = new HostProcess(["--nats", guarded.current.webSocketUrl, ...(await credentials())]);
    await process.ready();
    expect(process.output).toContain("lattice=connected");
    expect(process.output).not.toContain(authority.userSeed);
    process.signal("SIGINT");
    expect(await process.ended()).toBe(0);
  });

  it.each([
    ["an option it does not know", ["--unknown"], /--help/],
    ["a manifest that is not there", ["-m", "/nonexistent.yaml"], /Manifest file could not be opened\./],
    [
      "credentials that are not there",
      ["--nats", "ws://a", "--rpc-credsfile", "/nonexistent"],
      /cannot be read/,
    ],
    ["an address that is none", ["--nats", "nats://127.0.0.1:4222"], /WebSocket listener/],
  ])("ends with 2 for %s", async (_, args, message) => {
    const process = new HostProcess(args);
    expect(await process.ended()).toBe(2);
    expect(process.output).toMatch(message);
  });

  it("shows its help and its version", async () => {
    const [help, version] = [new HostProcess(["--help"]), new HostProcess(["-V"])];
    expect([await help.ended(), await version.ended()]).toEqual([0, 0]);
    expect(help.output).toContain("--control-credsfile");
    expect(version.output).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content, { mode: 0o600 });
  return path;
}
