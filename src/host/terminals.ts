import { HostError } from "../errors/index.ts";
import {
  type ProviderInstance,
  type TelnetIo,
  TelnetProvider,
  type TelnetSession,
} from "../providers/index.ts";
import type { EventBus } from "./event-bus.ts";
import type { ProviderManager } from "./provider-manager.ts";

/** Whom a terminal is for. */
export interface TerminalTarget {
  /** The actor's `M…` key; default the only one that is linked. */
  readonly actor?: string;
  /** The link name of the provider; default any. */
  readonly linkName?: string;
}

/** The terminals of a host: finds the provider that is meant, and ends sessions whose actor or host stops. */
export class Terminals {
  readonly #providers: ProviderManager;
  readonly #events: EventBus;
  readonly #open = new Set<TelnetSession>();
  #isClosed = false;

  constructor(providers: ProviderManager, events: EventBus) {
    this.#providers = providers;
    this.#events = events;
  }

  /** @throws HostError `provider.not_running`, `link.not_found`, `provider.overloaded`, or why the actor refused. */
  async open(io: TelnetIo, { actor, linkName }: TerminalTarget): Promise<TelnetSession> {
    const instance = this.#providerFor(actor, linkName);
    let release: (() => void) | undefined;
    let hasEnded = false;
    const session = await instance.provider.openSession(
      {
        write: (text) => io.write(text),
        closed: (reason, end) => {
          hasEnded = true;
          release?.();
          // A provider that stops is told to forget its actors first.
          const isRunning = this.#providers.instances().includes(instance);
          io.closed?.(isRunning ? reason : "The provider was stopped", end);
        },
      },
      actor,
    );
    if (hasEnded) return session;
    // Only while there is a terminal: telling events to nobody costs nothing.
    const unlisten = this.#events.listen((event) => {
      if (event.type === "actor_stopped" && event.actor === session.actor) {
        session.close("The actor was stopped");
      }
    });
    this.#open.add(session);
    release = () => {
      unlisten();
      this.#open.delete(session);
    };
    if (this.#isClosed) session.close(HOST_STOPPED);
    return session;
  }

  /** Ends all. */
  close(): void {
    this.#isClosed = true;
    for (const session of [...this.#open]) session.close(HOST_STOPPED);
  }

  #providerFor(actor: string | undefined, linkName: string | undefined): TelnetInstance {
    const running = this.#providers
      .instances()
      .filter(isTelnet)
      .filter((instance) => linkName === undefined || instance.linkName === linkName);
    if (running[0] === undefined) {
      throw new HostError("provider.not_running", "No provider of terminals runs on this host", {
        hint: "Start weblattice:telnet and link the actor to it.",
      });
    }
    const linked = running.filter(({ provider: { actors } }) =>
      actor === undefined ? actors.length > 0 : actors.includes(actor),
    );
    if (actor === undefined && linked.length > 1) {
      throw new HostError("link.not_found", "Several actors are linked to providers of terminals", {
        hint: "Say which actor is meant.",
      });
    }
    return linked[0] ?? running[0];
  }
}

type TelnetInstance = ProviderInstance & { readonly provider: TelnetProvider };

function isTelnet(instance: ProviderInstance): instance is TelnetInstance {
  return instance.provider instanceof TelnetProvider;
}

const HOST_STOPPED = "The host was stopped";
