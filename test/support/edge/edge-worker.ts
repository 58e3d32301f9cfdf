import { decode, encode } from "@msgpack/msgpack";
import type { MiniflareOptions } from "miniflare";
import { afterEach } from "vitest";
import type { HostDescription } from "../../../src/index.ts";
import { testWorker } from "./build.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

/** The first date the adapter runs at, and a late one: both are tested. */
export const COMPATIBILITY_DATES: readonly string[] = ["2024-10-14", "2026-04-01"];

/** How the worker of the tests is started. */
export interface EdgeWorkerOptions {
  readonly variables?: Readonly<Record<string, string>>;
  readonly directory?: string;
  readonly compatibilityDate?: string;
  /** Folder that outlives the process; default: nothing does. */
  readonly persist?: string;
  readonly withLoader?: boolean;
  /** Left out to see what happens. */
  readonly withoutObject?: boolean;
}

/** A problem as it comes back. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
}

/** The worker of the tests, running. */
export interface EdgeWorker {
  readonly workerd: Workerd;
  /** A request with a deadline: when it passes, the process is ended. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  json(path: string, init?: RequestInit): Promise<unknown>;
  problem(path: string, init?: RequestInit): Promise<ProblemBody>;
  /** Calls a method of the host's object, or of another one. */
  object(method: string, args?: readonly unknown[], binding?: string, name?: string): Promise<unknown>;
  /** As {@link object}, for methods that answer an outcome: its value, or an error with the code as its text. */
  ask(method: string, ...args: readonly unknown[]): Promise<unknown>;
  describe(): Promise<HostDescription>;
  evict(): Promise<void>;
  stop(): Promise<void>;
}

const WATCHDOG_MS = 15_000;
const running = new Set<EdgeWorker>();

/** To be called by a file of tests: ends what each test has started. */
export function endWorkersAfterEach(): void {
  afterEach(async () => {
    await Promise.all([...running].map((worker) => worker.stop()));
  });
}

export async function startEdgeWorker(options: EdgeWorkerOptions = {}): Promise<EdgeWorker> {
  const workerd = await startWorkerd(miniflareOptions(options));
  const request: EdgeWorker["fetch"] = async (path, init) => {
    const dog = setTimeout(() => workerd.kill(), WATCHDOG_MS);
    try {
      const response = await fetch(workerd.url + path, init);
      const body = new Uint8Array(await response.arrayBuffer());
      return new Response([204, 205, 304].includes(response.status) ? null : body, {
        status: response.status,
        headers: response.headers,
      });
    } finally {
      clearTimeout(dog);
    }
  };
  const object: EdgeWorker["object"] = async (method, args = [], binding = "HOST_OBJECT", name = "host") => {
    const body = encode({ binding, name, method, args });
    const response = await request("/_test", { method: "POST", body: new Uint8Array(body) });
    const result = decode(await response.arrayBuffer()) as { answer?: unknown; error?: string };
    if (result.error !== undefined) throw new Error(result.error);
    return result.answer;
  };
  const ask: EdgeWorker["ask"] = async (method, ...args) => {
    const outcome = (await object(method, args)) as {
      ok: boolean;
      value?: unknown;
      error?: { code: string };
    };
    if (outcome.ok) return outcome.value;
    throw Object.assign(new Error(`${outcome.error?.code}`), outcome.error);
  };
  const worker: EdgeWorker = {
    workerd,
    fetch: request,
    json: async (path, init) => (await request(path, init)).json(),
    problem: async (path, init) => {
      const response = await request(path, init);
      const body = (await response.json()) as ProblemBody;
      if (
        response.headers.get("content-type") !== "application/problem+json" ||
        body.status !== response.status
      )
        throw new Error(`not a problem: ${response.status} ${JSON.stringify(body)}`);
      return body;
    },
    object,
    ask,
    describe: async () => (await ask("describe")) as HostDescription,
    // The call that throws the object out fails with it.
    evict: async () => void (await object("evict").catch(() => undefined)),
    stop: async () => {
      running.delete(worker);
      await workerd.stop();
    },
  };
  running.add(worker);
  return worker;
}

function miniflareOptions(options: EdgeWorkerOptions): MiniflareOptions {
  const { directory = testWorker, compatibilityDate = COMPATIBILITY_DATES.at(-1) ?? "", persist } = options;
  return {
    rootPath: directory,
    scriptPath: "worker.js",
    modules: true,
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    compatibilityDate,
    bindings: { ...options.variables },
    durableObjects: {
      ...(options.withoutObject === true
        ? {}
        : { HOST_OBJECT: { className: "HostObject", useSQLite: true } }),
      STORE: { className: "StoreObject", useSQLite: true },
      KEYVALUE: { className: "KeyValueObject", useSQLite: true },
      SUITE: { className: "SuiteObject", useSQLite: true },
    },
    ...(options.withLoader === true ? { workerLoaders: { LOADER: {} } } : {}),
    ...(persist === undefined ? {} : { durableObjectsPersist: persist }),
  };
}
