import {
  type ActorStartOptions,
  asyncifier,
  type Host,
  HostBuilder,
  HostError,
  type LinkDefinition,
  Logger,
  type LogSink,
  toErrorRecord,
} from "../src/index.ts";
import type { HostApi, JoinOptions, Outcome, StartOptions } from "./host-api.ts";
import { IndexedDbStore } from "./indexed-db-store.ts";
import { webLabels } from "./labels.ts";
import { probeEnvironment } from "./probe-environment.ts";
import { makeProvider, providerChoices } from "./provider-choices.ts";
import { WatchStream } from "./watch-stream.ts";
import { webRuntime } from "./web-runtime.ts";

type Answer<Name extends keyof HostApi> = ReturnType<HostApi[Name]>;

/** The host of a tab, in its worker, as the page may use it. */
export class HostService implements HostApi {
  readonly #streams = new Set<WatchStream>();
  #runtime: ReturnType<typeof webRuntime> | undefined;
  #host: Host | undefined;

  start(options: StartOptions): Answer<"start"> {
    return outcome(async () => {
      if (this.#host !== undefined)
        throw new HostError("internal", "The host of this worker was started already");
      const toStreams: LogSink = {
        write: (record) => {
          for (const stream of this.#streams) stream.log(record);
        },
      };
      const logger = new Logger([toStreams], "host");
      this.#runtime = webRuntime({
        asyncify: asyncifier({ store: new IndexedDbStore(), logger }),
        ...(options.hostCalls === undefined ? {} : { allow: options.hostCalls }),
      });
      const builder = new HostBuilder()
        .withActorRuntime(this.#runtime)
        .withCoreLabels(webLabels())
        .withLimits(options.limits ?? {})
        .withLogSinks(toStreams);
      for (const [key, value] of Object.entries(options.labels ?? {})) builder.withLabel(key, value);
      this.#host = builder.build();
      await this.#host.start();
      return this.#host.describe();
    });
  }

  describe(): Answer<"describe"> {
    return outcome(() => this.#running().describe());
  }

  environment(): Answer<"environment"> {
    return outcome(() => probeEnvironment(this.#runtime ?? webRuntime()));
  }

  watch(port: MessagePort): Answer<"watch"> {
    return outcome(async () => {
      const stream: WatchStream = new WatchStream(this.#running(), port, () => this.#streams.delete(stream));
      this.#streams.add(stream);
    });
  }

  startActor(module: Uint8Array, options?: ActorStartOptions): Answer<"startActor"> {
    return outcome(() => this.#running().startActor(module, options));
  }

  startActorFrom(url: string, options?: ActorStartOptions): Answer<"startActorFrom"> {
    return outcome(() => this.#running().startActorFrom(url, options));
  }

  stopActor(key: string): Answer<"stopActor"> {
    return outcome(() => this.#running().stopActor(key));
  }

  providerChoices(): Answer<"providerChoices"> {
    return outcome(async () => providerChoices());
  }

  startProvider(kind: string, linkName?: string): Answer<"startProvider"> {
    return outcome(() =>
      this.#running().startProvider({
        ...makeProvider(kind),
        ...(linkName === undefined ? {} : { linkName }),
      }),
    );
  }

  stopProvider(id: string, linkName: string): Answer<"stopProvider"> {
    return outcome(() => this.#running().stopProvider(id, linkName));
  }

  setLink(link: LinkDefinition): Answer<"setLink"> {
    return outcome(() => this.#running().setLink(link));
  }

  removeLink(actorId: string, contractId: string, linkName: string): Answer<"removeLink"> {
    return outcome(() => this.#running().removeLink(actorId, contractId, linkName));
  }

  call(target: string, operation: string, payload: Uint8Array): Answer<"call"> {
    return outcome(async () => {
      const started = performance.now();
      const reply = await this.#running().callActor(target, operation, payload);
      return { reply, durationMs: performance.now() - started };
    });
  }

  actorLog(key: string): Answer<"actorLog"> {
    return outcome(async () => this.#running().actorLog(key));
  }

  join({ servers, namespace, credentials }: JoinOptions): Answer<"join"> {
    return outcome(() =>
      this.#running().joinLattice({
        servers,
        ...(namespace === undefined ? {} : { namespace }),
        ...(credentials === undefined ? {} : { credentials: { credsFile: credentials } }),
      }),
    );
  }

  leave(): Answer<"leave"> {
    return outcome(() => this.#running().leaveLattice());
  }

  stop(): Answer<"stop"> {
    return outcome(async () => {
      await this.#host?.stop();
      for (const stream of this.#streams) stream.close();
      this.#streams.clear();
    });
  }

  #running(): Host {
    if (this.#host !== undefined) return this.#host;
    throw new HostError("host.not_started", "Activity cannot be performed, host has not been started");
  }
}

/** Errors cross the worker's border as data: as exceptions they would lose their fields. */
async function outcome<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: toErrorRecord(error) };
  }
}
