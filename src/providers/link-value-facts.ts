/** A value that a provider reads from its links, told for people who set it. */
export interface LinkValueFact {
  readonly name: string;
  /** What it does, in one line. */
  readonly description: string;
  /** The value that holds where none is given; absent: there is none. */
  readonly default?: string;
  /** A value as it may look. */
  readonly example?: string;
  /** The link is refused without it. */
  readonly required?: true;
  /** It is not to be shown to others. */
  readonly secret?: true;
  /** The only values it may have. */
  readonly words?: readonly [string, ...string[]];
}

/** Providers of this package that read values from their links. */
type ConfiguredProvider =
  | "weblattice:httpserver"
  | "weblattice:httpclient"
  | "weblattice:keyvalue-nats"
  | "weblattice:blobstore"
  | "weblattice:messaging"
  | "weblattice:eventstreams"
  | "weblattice:graphdb"
  | "weblattice:telnet";

const natsUrl: LinkValueFact = {
  name: "URL",
  description: "Comma list of WebSocket addresses of the NATS server.",
  example: "wss://nats.example.com",
  required: true,
};

const natsUser: readonly LinkValueFact[] = [
  { name: "CLIENT_JWT", description: "User token for the NATS server; goes with CLIENT_SEED.", secret: true },
  { name: "CLIENT_SEED", description: "Seed of the user's key; goes with CLIENT_JWT.", secret: true },
];

const replyForm: LinkValueFact = {
  name: "REPLY_FORM",
  description: "The form of answers; bare for guests of older interfaces.",
  default: "typed",
  words: ["typed", "bare"],
};

/**
 * The link values of the providers that come with this package, by the names that hosts start them by. `PORT`, `BIND` and
 * others that are checked but have no effect here are left out. Contracts document, section 7.
 */
export const LINK_VALUE_FACTS: Readonly<Record<ConfiguredProvider, readonly LinkValueFact[]>> = {
  "weblattice:httpserver": [
    {
      name: "PATH",
      description: "Comma list of what paths begin with; the actor does not see it. Default: its key.",
      example: "/app",
    },
    {
      name: "HOST",
      description: "Comma list of host names; requests for others are not the actor's.",
      example: "app.example.com",
    },
    {
      name: "CORS_ALLOWED_ORIGINS",
      description: "Comma list of origins whose pages may ask, or * for all. Default: none.",
      example: "https://example.com",
    },
    {
      name: "CORS_ALLOWED_METHODS",
      description: "Comma list of methods that these pages may use, or *.",
      default: "GET,HEAD,POST",
    },
    {
      name: "CORS_ALLOWED_HEADERS",
      description: "Comma list of headers that these pages may send, or *. Default: none beyond the usual.",
      example: "authorization",
    },
  ],
  "weblattice:httpclient": [
    {
      name: "timeout",
      description: "Seconds for a request, its redirects and the reading of the body.",
      default: "30",
    },
    { name: "max_redirects", description: "Redirects that are followed.", default: "10" },
    {
      name: "allowed_hosts",
      description: "Comma list of hosts that may be asked, such as *.example.com.",
      default: "*",
    },
  ],
  "weblattice:keyvalue-nats": [
    natsUrl,
    { name: "BUCKET", description: "Name of the JetStream bucket.", default: "weblattice-keyvalue" },
    { name: "REPLICAS", description: "Copies of a bucket that has to be made.", default: "1" },
    {
      name: "MAX_BYTES",
      description: "Bytes for a bucket that has to be made. Default: the server's limit.",
      example: "1000000000",
    },
    ...natsUser,
  ],
  "weblattice:blobstore": [
    {
      name: "ROOT",
      description: "Name of the place for containers; actors with the same see each other's. Default: none.",
      example: "photos",
    },
  ],
  "weblattice:messaging": [
    natsUrl,
    {
      name: "SUBSCRIPTION",
      description: "Comma list of subjects whose messages go to the actor. Default: none.",
      example: "chat.room",
    },
    {
      name: "QUEUEGROUP_NAME",
      description: "Queue group: each message goes to one of its members. Default: all get it.",
      example: "workers",
    },
    replyForm,
    ...natsUser,
  ],
  "weblattice:eventstreams": [
    natsUrl,
    { name: "STREAM", description: "Name of the JetStream stream.", default: "weblattice-events" },
    {
      name: "DELIVER",
      description: "Comma list of streams whose new events go to the actor. Default: none.",
      example: "orders",
    },
    ...natsUser,
  ],
  "weblattice:graphdb": [
    {
      name: "ROOT",
      description: "Name of the place for graphs; actors with the same share them. Default: the actor's own.",
      example: "people",
    },
  ],
  "weblattice:telnet": [
    {
      name: "MOTD",
      description: "The text that greets at a terminal. Default: none.",
      example: "Welcome!",
    },
    replyForm,
  ],
};
