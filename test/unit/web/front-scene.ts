import { afterEach } from "vitest";
import { Front, type FrontOptions } from "../../../web/service-worker/front.ts";
import { FrontPort } from "../../../web/service-worker/front-port.ts";
import { HostTable } from "../../../web/service-worker/host-table.ts";
import type { RequestMessage, Route } from "../../../web/service-worker/messages.ts";

/** A tab with a host, as far as the front sees it. */
export interface FakeTab {
  readonly id: string;
  routes: Route[];
  /** What it was asked. */
  readonly asked: RequestMessage[];
  answer: (request: RequestMessage) => Promise<Response>;
}

/** A front and tabs around it, on real message channels. */
export class FrontScene {
  readonly tabs = new Map<string, FakeTab>();
  readonly table: HostTable;
  /** What pages were asked for: the hosts that were known. */
  readonly questions: (readonly string[])[] = [];
  readonly #gone = new Map<string, Set<() => void>>();
  readonly #ports: MessagePort[] = [];
  /** Tabs that live and do not answer the question for hosts. */
  readonly deaf = new Set<string>();

  constructor(discoveryMs = 5_000) {
    this.table = new HostTable({
      discoveryMs,
      livingHosts: async () => [...this.tabs.keys()],
      onHostGone: (host, callback) => {
        if (!this.tabs.has(host)) callback();
        else this.#gone.set(host, (this.#gone.get(host) ?? new Set()).add(callback));
      },
      askPages: async (known) => {
        this.questions.push(known);
        for (const tab of this.tabs.values()) {
          if (!known.includes(tab.id) && !this.deaf.has(tab.id)) this.connect(tab);
        }
      },
    });
    afterEach(() => {
      for (const port of this.#ports) port.close();
    });
  }

  front(options: Partial<FrontOptions> = {}): Front {
    return new Front(this.table, { isIsolated: true, ...options });
  }

  /** Opens a tab that serves paths; it is known only once the pages were asked. */
  open(id: string, ...routes: Partial<Route>[]): FakeTab {
    const tab: FakeTab = {
      id,
      routes: routes.map((route) => ({ actor: "M", path: "/http/a", isHere: true, ...route })),
      asked: [],
      answer: async () => new Response(id),
    };
    this.tabs.set(id, tab);
    return tab;
  }

  connect(tab: FakeTab): FrontPort {
    const [here, there] = this.#channel();
    this.table.add(here);
    return new FrontPort(there, tab.id, {
      routes: () => tab.routes,
      answer: (request) => {
        tab.asked.push(request);
        return tab.answer(request);
      },
    });
  }

  /** A tab that greets and then says what it is told to; never ready unless it says so. */
  connectRaw(id: string, routes: readonly Route[]): MessagePort {
    this.open(id);
    this.deaf.add(id);
    const [here, there] = this.#channel();
    this.table.add(here);
    there.postMessage({ kind: "hello", host: id });
    there.postMessage({ kind: "routes", routes });
    return there;
  }

  close(id: string): void {
    this.tabs.delete(id);
    for (const callback of this.#gone.get(id) ?? []) callback();
  }

  #channel(): [MessagePort, MessagePort] {
    const { port1, port2 } = new MessageChannel();
    this.#ports.push(port1, port2);
    return [port1, port2];
  }
}

/** A request as a service worker gets it. */
export function request(path: string, init: RequestInit = {}): Request {
  return new Request(`https://site.test${path}`, init);
}
