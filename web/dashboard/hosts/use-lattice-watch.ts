import { useEffect, useMemo } from "preact/hooks";
import type { WatchMessage } from "../../host-api.ts";
import { useSession } from "../session/session-context.ts";
import { LatticeWatch } from "./lattice-watch.ts";

/** What changes what the lattice shows, here and on other hosts. */
const CHANGES: ReadonlySet<string> = new Set([
  "actor_started",
  "actor_stopped",
  "actor_update_completed",
  "provider_started",
  "provider_stopped",
  "lattice_changed",
  "host_started",
]);

/** Tells the watch what it need not wait for its next reading for. */
function hear(watch: LatticeWatch, message: WatchMessage): void {
  if (message.kind !== "event" && message.kind !== "lattice") return;
  if (message.kind === "lattice") watch.learn(message.event);
  if (CHANGES.has(message.event.type)) watch.soon();
}

/** A watch over the hosts of the lattice, as long as the host of this tab is a member of one. */
export function useLatticeWatch(): LatticeWatch | undefined {
  const { host, session, description } = useSession();
  const { state } = description.lattice;
  const isMember = state === "connected" || state === "reconnecting";
  const watch = useMemo(() => {
    if (!isMember) return undefined;
    const { names } = session;
    return new LatticeWatch({
      host,
      ownId: description.id,
      names,
      announce: (text) => session.announce(text),
    });
  }, [host, isMember]);
  useEffect(() => {
    if (watch === undefined) return undefined;
    watch.open();
    const stopListening = session.onMessage((message) => hear(watch, message));
    return () => {
      stopListening();
      watch.close();
    };
  }, [watch]);
  return watch;
}
