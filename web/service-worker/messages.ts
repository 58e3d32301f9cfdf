import * as v from "valibot";
import { HostError } from "../../src/errors/index.ts";

/** A path that a host answers for. */
export interface Route {
  /** The actor's key. */
  readonly actor: string;
  /** What the path begins with. */
  readonly path: string;
  /** The actor runs on this host, not elsewhere in its lattice. */
  readonly isHere: boolean;
}

/** Headers in their order. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** A request for a host. */
export interface RequestMessage {
  readonly kind: "request";
  readonly id: number;
  readonly method: string;
  readonly url: string;
  /** As `Request.mode`. */
  readonly mode: string;
  readonly headers: HeaderList;
  readonly body: ArrayBuffer | null;
}

/** What a host answers. */
export interface AnswerMessage {
  readonly kind: "answer";
  readonly id: number;
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderList;
  readonly body: ArrayBuffer | null;
}

/** From a host to the front. */
export type HostMessage =
  /** The first message. */
  | { readonly kind: "hello"; readonly host: string }
  /** All routes: after the greeting, when they have changed, and when they are asked for. */
  | { readonly kind: "routes"; readonly routes: readonly Route[] }
  /** The request may be sent. */
  | { readonly kind: "ready"; readonly id: number }
  | AnswerMessage;

/** From the front to a host. */
export type FrontMessage =
  | { readonly kind: "routes?" }
  /** A request is there. A host that says that it is ready gets it; one that does not has never had it. */
  | { readonly kind: "offer"; readonly id: number }
  | RequestMessage;

/** From a page to the front, with a port to its host. */
export interface PageMessage {
  readonly kind: "weblattice-http-host";
}

/** From the front to all pages: those whose host is not among the known ones send a port. */
export interface PagesMessage {
  readonly kind: "weblattice-http-hosts?";
  readonly known: readonly string[];
}

/** Characters of an address, and of the name and the value of a header. */
export const MAX_TEXT = 65_536;
/** Twice what the contract lets an actor have. */
export const MAX_HEADERS = 2_048;
/** Routes of one host. */
const MAX_ROUTES = 10_000;

const text = (length: number) => v.pipe(v.string(), v.maxLength(length));
const exchangeId = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const hostId = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/));
const headers = v.pipe(v.array(v.tuple([text(MAX_TEXT), text(MAX_TEXT)])), v.maxLength(MAX_HEADERS));
const body = v.nullable(v.instance(ArrayBuffer));

const route = v.object({ actor: text(64), path: text(MAX_TEXT), isHere: v.boolean() });

const fromHost = v.variant("kind", [
  v.object({ kind: v.literal("hello"), host: hostId }),
  v.object({ kind: v.literal("routes"), routes: v.pipe(v.array(route), v.maxLength(MAX_ROUTES)) }),
  v.object({ kind: v.literal("ready"), id: exchangeId }),
  v.object({
    kind: v.literal("answer"),
    id: exchangeId,
    status: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
    statusText: text(1_024),
    headers,
    body,
  }),
]);

const fromFront = v.variant("kind", [
  v.object({ kind: v.literal("routes?") }),
  v.object({ kind: v.literal("offer"), id: exchangeId }),
  v.object({
    kind: v.literal("request"),
    id: exchangeId,
    method: text(64),
    url: text(MAX_TEXT),
    mode: text(64),
    headers,
    body,
  }),
]);

const fromPage = v.object({ kind: v.literal("weblattice-http-host") });
const toPages = v.object({
  kind: v.literal("weblattice-http-hosts?"),
  known: v.pipe(v.array(hostId), v.maxLength(1_000)),
});

/** @throws HostError `input.invalid` for what no host says. */
export function readHostMessage(data: unknown): HostMessage {
  return read<HostMessage>(fromHost, data);
}

/** @throws HostError `input.invalid` for what no front says. */
export function readFrontMessage(data: unknown): FrontMessage {
  return read<FrontMessage>(fromFront, data);
}

/** Whether a page offers its host. Pages have other messages for other purposes. */
export function isPageMessage(data: unknown): data is PageMessage {
  return v.is(fromPage, data);
}

/** The question for hosts; undefined for other messages. */
export function readPagesMessage(data: unknown): PagesMessage | undefined {
  const result = v.safeParse(toPages, data);
  return result.success ? result.output : undefined;
}

function read<Message>(schema: v.GenericSchema<unknown, Message>, data: unknown): Message {
  const result = v.safeParse(schema, data);
  if (result.success) return result.output;
  throw new HostError("input.invalid", `This is no message of the HTTP front: ${result.issues[0].message}`);
}
