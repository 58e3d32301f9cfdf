import type { JSX } from "preact";
import { HTTP_SERVER_PROVIDER } from "../../../src/index.ts";
import { useSession } from "../session/session-context.ts";

/** Where an actor answers requests of this browser, or why it does not; nothing if it is linked to no HTTP server here. */
export function ServedAt({ actor }: { readonly actor: string }): JSX.Element | null {
  const { http, description, session } = useSession();
  const isLinked = description.links.some(
    ({ actorId, providerId, state }) =>
      actorId === actor && providerId === HTTP_SERVER_PROVIDER.id && state === "bound",
  );
  if (!isLinked || http.phase === "off") return null;
  if (http.phase === "starting") return <p class="row-reason">Starting to serve HTTP…</p>;
  if (http.phase === "failed") {
    const { message, hint } = http.error;
    return (
      <p class="row-reason warn">
        Not served by HTTP: {message}.{hint === undefined ? "" : ` ${hint}`}
      </p>
    );
  }
  const routes = http.routes.filter((route) => route.actor === actor);
  if (routes.length === 0) return null;
  const name = session.names.nameOf(actor);
  return (
    <p class="row-meta served">
      <span class="muted">served at</span>
      {routes.map(({ path }) => (
        <a
          key={path}
          href={`${path}/`}
          target="_blank"
          rel="noopener"
          aria-label={`${name} in a new tab: ${path}/`}
        >
          {path}/
        </a>
      ))}
    </p>
  );
}
