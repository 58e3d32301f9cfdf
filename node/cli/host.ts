import { readFile } from "node:fs/promises";
import {
  BUILT_IN_PROVIDERS,
  connectNats,
  type Host,
  HostBuilder,
  HostError,
  type LatticeConnections,
  Logger,
  type LogSink,
  type Manifest,
  messageOf,
  type Store,
} from "../../src/index.ts";
import { NODE_HTTP_SERVER } from "../http/http-server-provider.ts";
import { readArtifactFile } from "../manifest/read-artifact.ts";
import { readManifest } from "../manifest/read-manifest.ts";
import { nodeLabels } from "../runtime/labels.ts";
import { threadGraphWorker } from "../runtime/thread-graph-worker.ts";
import { threadProviderRuntime } from "../runtime/thread-provider-runtime.ts";
import { threadRuntime } from "../runtime/thread-runtime.ts";
import { providerWebSocket, webSocketFactory } from "../runtime/web-socket.ts";
import { type Stoppable, stopInTurn } from "../start/stop-in-turn.ts";
import { FolderStore } from "../storage/folder-store.ts";
import { type HostCommand, parseHostArguments } from "./host-arguments.ts";
import { eventLine } from "./host-events.ts";
import { connectPlanes } from "./host-lattice.ts";
import { lineSink } from "./host-log.ts";
import { exitOnSignal } from "./host-shutdown.ts";
import { HOST_USAGE } from "./host-usage.ts";

/** The HTTP server of pages makes way for one that listens. */
const nodeProviders = [
  ...BUILT_IN_PROVIDERS.filter(({ name }) => name !== NODE_HTTP_SERVER.name),
  NODE_HTTP_SERVER,
];
const FAILED = 1;
const WRONG_USAGE = 2;

/** `npm run host`: runs a host until Ctrl-C. */
async function main(started: Stoppable[]): Promise<void> {
  const command = parseHostArguments(process.argv.slice(2), process.env);
  if (command.kind === "help") console.log(HOST_USAGE);
  else if (command.kind === "version") console.log(await version());
  else {
    exitOnSignal(() => stopInTurn(started));
    await run(command, started);
  }
}

async function run(command: HostCommand, started: Stoppable[]): Promise<void> {
  const manifest =
    command.manifest === undefined ? undefined : await readManifest(command.manifest, process.env);
  const sink = lineSink(command.log, (line) => console.log(line));
  const logger = new Logger([sink], "host");
  // Loaded here: the bundler takes longer to load than --help takes to read.
  const { buildNodeWorker, nodeGraphWorkerScript, nodeProviderWorkerScript, nodeWorkerScript } = await import(
    "../build/node-worker.ts"
  );
  await buildNodeWorker();
  const { rpc, control, cache } = command;
  const connections = await connectPlanes({
    ...(rpc === undefined ? {} : { rpc }),
    ...(control === undefined ? {} : { control }),
    ...(cache === undefined ? {} : { cache: cache.plane }),
    logger,
    hasManifest: manifest !== undefined,
    onConnected: (connection) => started.push({ stop: () => connection.close() }),
  });
  const store = command.store === undefined ? undefined : await FolderStore.open(command.store);
  if (store !== undefined) started.push({ stop: () => store.close() });
  const host = hostBuilder(command, manifest, { ...connections, store }, sink)
    .withActorRuntime(threadRuntime({ script: nodeWorkerScript }))
    .withProviders(nodeProviders)
    .withProviderRuntime(threadProviderRuntime({ script: nodeProviderWorkerScript }))
    .withProviderServices({
      connect: (options) => connectNats({ webSocketFactory, ...options }),
      startGraphWorker: threadGraphWorker({ script: nodeGraphWorkerScript }),
    })
    .withProviderGrants({ webSocket: providerWebSocket })
    .build();
  started.push({
    stop: async () => {
      logger.info("Stopping");
      await host.stop();
      logger.info("Stopped");
    },
  });
  host.onEvent((event) => {
    const line = eventLine(event);
    if (line !== undefined) logger[line.level](line.message, line.fields);
  });
  await host.start();
  logger.info(`Host ${host.id} is started`, { version: await version(), ...(await host.describe()).labels });
  if (manifest !== undefined) await apply(host, manifest, logger);
  await tellState(host, logger);
}

function hostBuilder(
  command: HostCommand,
  manifest: Manifest | undefined,
  { rpc, control, cache, store }: LatticeConnections & { readonly store: Store | undefined },
  sink: LogSink,
): HostBuilder {
  const builder = new HostBuilder().withCoreLabels(nodeLabels()).withLogSinks(sink);
  if (rpc !== undefined) builder.withRpcClient(rpc);
  if (control !== undefined) builder.withControlClient(control);
  if (cache !== undefined) builder.withCacheReplication(cache, command.cache?.settings);
  if (store !== undefined) builder.withStore(store);
  if (command.namespace !== undefined) builder.withNamespace(command.namespace);
  if (command.liveUpdates) builder.enableLiveUpdates();
  if (!command.strictUpdates) builder.disableStrictUpdateCheck();
  if (command.ociLatest) builder.ociAllowLatest();
  const { registryCredentials } = command;
  builder.withRegistry({
    insecure: command.insecureRegistries,
    ...(registryCredentials === undefined ? {} : { credentials: () => registryCredentials }),
  });
  if (command.heartbeatMs !== undefined) builder.withLimits({ heartbeatMs: command.heartbeatMs });
  // The first value of a label wins: those of a manifest, as in first-party hosts, which drop all others.
  for (const [key, value] of [...Object.entries(manifest?.labels ?? {}), ...command.labels]) {
    builder.withLabel(key, value);
  }
  return builder;
}

async function apply(host: Host, manifest: Manifest, logger: Logger): Promise<void> {
  const failures = await host.applyManifest(manifest, { readFile: readArtifactFile });
  const { actors, capabilities, links } = manifest;
  const items = actors.length + capabilities.length + links.length;
  logger.info(`The manifest is applied: ${items - failures.length} of ${items} items`);
  for (const { item, error } of failures) {
    const hint = error.hint === undefined ? "" : ` ${error.hint}`;
    logger.error(`The manifest's ${item} failed: ${error.message}.${hint}`, { code: error.code });
  }
}

async function tellState(host: Host, logger: Logger): Promise<void> {
  const { id, lattice, hostCalls, actors, providers, links } = await host.describe();
  const server = lattice.server === undefined ? {} : { server: lattice.server };
  logger.info(`Host ${id} is ready`, {
    lattice: lattice.state,
    ...server,
    namespace: lattice.namespace,
    hostCalls,
    actors: actors.length,
    providers: providers.length,
    links: links.length,
  });
}

async function version(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === "object" && parsed !== null && "version" in parsed ? String(parsed.version) : "";
}

const started: Stoppable[] = [];
await main(started).catch(async (error: unknown) => {
  console.error(`host: ${messageOf(error)}`);
  if (error instanceof HostError && error.hint !== undefined) console.error(`      ${error.hint}`);
  const isUsage = error instanceof HostError && error.code.startsWith("input.");
  if (isUsage) console.error("      `npm run host -- --help` lists the options.");
  await stopInTurn(started);
  process.exit(isUsage ? WRONG_USAGE : FAILED);
});
