import { transfer } from "comlink";
import { HostError, messageOf } from "../../src/errors/index.ts";
import { within } from "../../src/time/index.ts";
import type { HostClient } from "../host-client.ts";
import { type PageMessage, readPagesMessage } from "./messages.ts";
import { httpBase } from "./names.ts";

/** How {@link serveHttp} finds the service worker. */
export interface ServeHttpOptions {
  /**
   * Address of the script; default `http-front.js` beside the page. `?isolation=none` behind it gives actors' pages this
   * origin, with all that is stored in it: only for origins that have nothing to protect from actors.
   */
  readonly script?: string | URL;
  /** What the service worker is asked about; default the folder of its script. Actors' paths are below `http/` in it. */
  readonly scope?: string;
  /** How the script is loaded; default `classic`: a script without imports. */
  readonly type?: "classic" | "module";
}

/** A host that requests of this origin reach. */
export interface HttpService {
  /** What actors' paths begin with, such as `/http`. */
  readonly base: string;
  /** Requests do not reach the host any more. Twice is fine. */
  close(): void;
}

/** Milliseconds for the service worker to be installed. */
const INSTALL_MS = 10_000;

/**
 * Has a service worker hand requests for `http/…` of this origin to the host: `fetch` in any page, and pages that people
 * open. To answer, the host needs the provider `weblattice:httpserver`, linked to actors.
 *
 * @throws HostError `host.unsupported` where there are no service workers, or the script is refused; `input.invalid` if
 *   the host was started with another `httpBase` than that of the scope.
 */
export async function serveHttp(host: HostClient, options: ServeHttpOptions = {}): Promise<HttpService> {
  const workers = serviceWorkers();
  const registration = await register(workers, options);
  const worker = await within(activeWorker(registration), INSTALL_MS, () =>
    refused(`it was not installed within ${INSTALL_MS} ms`),
  );
  const id = crypto.randomUUID();
  const base = httpBase(registration.scope);
  const connect = async (front: ServiceWorker): Promise<void> => {
    const { port1, port2 } = new MessageChannel();
    await host.connectHttp(transfer(port1, [port1]), { id, base });
    const offer: PageMessage = { kind: "weblattice-http-host" };
    front.postMessage(offer, [port2]);
  };
  const onMessage = ({ data, source }: MessageEvent<unknown>): void => {
    const question = readPagesMessage(data);
    const front = source instanceof ServiceWorker ? source : undefined;
    if (question === undefined || front === undefined || question.known.includes(id)) return;
    // A host that is gone is told by `gone`; there is nothing to connect then.
    connect(front).catch(() => undefined);
  };
  workers.addEventListener("message", onMessage);
  workers.startMessages();
  const stopListening = (): void => workers.removeEventListener("message", onMessage);
  void host.gone.then(stopListening);
  try {
    await connect(worker);
  } catch (error) {
    stopListening();
    throw error;
  }
  return {
    base,
    close: () => {
      stopListening();
      host.disconnectHttp().catch(() => undefined); // its end has closed everything
    },
  };
}

/** @throws HostError `host.unsupported`. */
function serviceWorkers(): ServiceWorkerContainer {
  const workers: ServiceWorkerContainer | undefined = navigator.serviceWorker;
  if (workers !== undefined) return workers;
  if (!globalThis.isSecureContext) {
    throw new HostError("host.unsupported", "Browsers have service workers on secure pages only", {
      hint: "Open this page by https, or as localhost.",
    });
  }
  throw new HostError("host.unsupported", "This browser has no service workers here", {
    hint: "Private windows can be the reason.",
  });
}

async function register(
  workers: ServiceWorkerContainer,
  { script = new URL("http-front.js", document.baseURI), scope, type = "classic" }: ServeHttpOptions,
): Promise<ServiceWorkerRegistration> {
  try {
    return await workers.register(script, { type, ...(scope === undefined ? {} : { scope }) });
  } catch (error) {
    throw refused(messageOf(error), error);
  }
}

/** Never settles if it is not installed. */
function activeWorker(registration: ServiceWorkerRegistration): Promise<ServiceWorker> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (registration.active !== null) resolve(registration.active);
    };
    const coming = registration.installing ?? registration.waiting;
    coming?.addEventListener("statechange", check);
    check();
  });
}

function refused(reason: string, cause?: unknown): HostError {
  return new HostError("host.unsupported", `The service worker for HTTP cannot be used: ${reason}`, {
    hint: "Serve its script from this origin, and look whether the browser's settings forbid site data.",
    cause,
  });
}
