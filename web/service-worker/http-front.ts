import { isBelow } from "../../src/providers/http/index.ts";
import { Front } from "./front.ts";
import { HostTable } from "./host-table.ts";
import { isPageMessage, type PagesMessage } from "./messages.ts";
import { httpBase, lockPrefix } from "./names.ts";
import type { ServiceWorkerScope } from "./scope.ts";

/**
 * The service worker: the HTTP front of the hosts in the tabs of this origin. It answers what is below `http/` of its
 * scope and lets everything else pass. It keeps nothing: after a restart it asks the pages for new ports.
 *
 * `?isolation=none` behind its address gives actors' pages the origin itself, with all that is stored in it.
 */
const worker = globalThis as unknown as ServiceWorkerScope;
const base = httpBase(worker.registration.scope);
const locks = lockPrefix(base);

const hosts = new HostTable({
  discoveryMs: 2_000,
  livingHosts: async () => {
    const { held = [] } = await navigator.locks.query();
    return held.flatMap(({ name = "" }) => (name.startsWith(locks) ? [name.slice(locks.length)] : []));
  },
  onHostGone: (host, callback) => void navigator.locks.request(locks + host, callback).catch(callback),
  askPages: async (known) => {
    const question: PagesMessage = { kind: "weblattice-http-hosts?", known: [...known] };
    for (const page of await worker.clients.matchAll({ type: "window", includeUncontrolled: true })) {
      page.postMessage(question);
    }
  },
});
const isIsolated = new URL(worker.location.href).searchParams.get("isolation") !== "none";
const front = new Front(hosts, { isIsolated });

worker.addEventListener("install", (event) => {
  event.waitUntil(worker.skipWaiting());
  const ofActors = [base, `${base}/*`].map((pathname) => ({ urlPattern: { pathname } }));
  // Without this, every file of the dashboard would wait for the worker to start. Not all browsers can do it.
  event.addRoutes?.([{ condition: { not: { or: ofActors } }, source: "network" }]).catch(() => undefined);
});
worker.addEventListener("activate", (event) => {
  event.waitUntil(worker.clients.claim());
});
worker.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (origin !== worker.location.origin || !isBelow(base, pathname)) return;
  event.respondWith(front.handle(event.request));
});
worker.addEventListener("message", (event) => {
  const [port] = event.ports;
  if (port === undefined || !isPageMessage(event.data)) return;
  const address = event.source?.url;
  // No page of an actor speaks for a host.
  if (address === undefined || isBelow(base, new URL(address).pathname)) return port.close();
  hosts.add(port);
  // A page that was reloaded past the service worker comes back under it.
  event.waitUntil(worker.clients.claim());
});
