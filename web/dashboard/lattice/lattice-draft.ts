import * as v from "valibot";
import type { JoinOptions } from "../../host-api.ts";
import { recall, remember } from "../session/remembered.ts";
import type { LatticeOffer } from "./lattice-offer.ts";

/** The fields of the dialog as typed. */
export interface LatticeDraft {
  readonly servers: string;
  readonly namespace: string;
  readonly credentials: string;
  /** Replicate the lattice cache. */
  readonly replicate: boolean;
}

/** What is wrong with which field. */
export type LatticeProblems = Partial<Record<keyof LatticeDraft, string>>;

const rememberedSchema = v.object({
  servers: v.string(),
  namespace: v.string(),
  replicate: v.optional(v.boolean(), true),
});

/** The fields at first: what was joined last, else what the server of this page offers. */
export function firstDraft(offer: LatticeOffer | undefined): LatticeDraft {
  const last = recall("lattice", rememberedSchema);
  return {
    servers: last?.servers ?? offer?.url ?? "",
    namespace: last?.namespace ?? offer?.namespace ?? "default",
    credentials: "",
    replicate: last?.replicate ?? true,
  };
}

/** Keeps servers and namespace for the next visit; never credentials, neither the file nor those in an address. */
export function rememberDraft(draft: LatticeDraft): void {
  const servers = splitServers(draft.servers).map(withoutPassword).join(", ");
  remember("lattice", { servers, namespace: draft.namespace.trim(), replicate: draft.replicate });
}

/** The options to join with, or what has to be mended first. */
export function checkDraft(
  draft: LatticeDraft,
):
  | { readonly ok: true; readonly options: JoinOptions }
  | { readonly ok: false; readonly problems: LatticeProblems } {
  const servers = splitServers(draft.servers);
  const namespace = draft.namespace.trim();
  const credentials = draft.credentials.trim();
  const problems: LatticeProblems = {
    ...problemOf("servers", serversProblem(servers)),
    ...problemOf("namespace", namespaceProblem(namespace)),
    ...problemOf("credentials", credentialsProblem(credentials)),
  };
  if (Object.keys(problems).length > 0) return { ok: false, problems };
  const { replicate } = draft;
  return {
    ok: true,
    options: { servers, namespace, replicate, ...(credentials === "" ? {} : { credentials }) },
  };
}

function problemOf(field: keyof LatticeDraft, text: string | undefined): LatticeProblems {
  return text === undefined ? {} : { [field]: text };
}

function splitServers(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((server) => server !== "");
}

function serversProblem(servers: readonly string[]): string | undefined {
  if (servers.length === 0)
    return "Enter the WebSocket address of a NATS server, such as ws://127.0.0.1:4223.";
  for (const server of servers) {
    if (!URL.canParse(server) || !/^wss?:\/\//.test(server)) {
      return `“${server}” is not a WebSocket address. A browser reaches NATS by ws:// or wss:// only.`;
    }
    const { protocol, hostname } = new URL(server);
    if (protocol === "ws:" && location.protocol === "https:" && !isLoopback(hostname)) {
      return `“${server}” is not encrypted. This page was loaded by https, so the browser allows wss:// only.`;
    }
  }
  return undefined;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

function namespaceProblem(namespace: string): string | undefined {
  if (namespace === "") return "Enter the lattice's namespace; most lattices use “default”.";
  return /^[^\s.*>]+$/.test(namespace)
    ? undefined
    : "A namespace has no spaces and none of the characters . * >";
}

function credentialsProblem(credentials: string): string | undefined {
  if (credentials === "" || /BEGIN NATS USER JWT/.test(credentials)) return undefined;
  return "This is not a NATS credentials file: it has no “BEGIN NATS USER JWT” section.";
}

function withoutPassword(server: string): string {
  const url = new URL(server);
  if (url.username === "" && url.password === "") return server;
  url.username = "";
  url.password = "";
  return url.href;
}
