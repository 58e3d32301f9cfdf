import type { CapabilityProvider } from "../../../src/providers/index.ts";
import { type Demand, refused, same } from "./demand.ts";
import { LinkedActors } from "./linked-actor.ts";

/** Makes providers of `wasmcloud:messaging` that talk to each other, each as on a host of its own. */
export interface MessagingSetting {
  open(): Promise<CapabilityProvider>;
  /** Resolves when subscriptions made so far are in force. */
  settled(): Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const message = (subject: string, body: string, replyTo = "") => ({ subject, replyTo, body: bytes(body) });
let subjects = 0;
const newSubject = (): string => `conformance.${subjects++}`;

type Hosts = (count: number) => Promise<readonly LinkedActors[]>;

const demand = (
  title: string,
  run: (hosts: Hosts, setting: MessagingSetting) => Promise<void>,
): Demand<MessagingSetting> => ({
  title,
  run: async (setting) => {
    const opened: LinkedActors[] = [];
    const hosts: Hosts = async (count) => {
      for (let index = 0; index < count; index++) opened.push(new LinkedActors(await setting.open()));
      return opened;
    };
    try {
      await run(hosts, setting);
    } finally {
      await Promise.all(opened.map(({ provider }) => provider.stop()));
    }
  },
});

async function two(hosts: Hosts): Promise<readonly [LinkedActors, LinkedActors]> {
  const [one, other] = await hosts(2);
  if (one === undefined || other === undefined) throw new Error("two hosts were asked for");
  return [one, other];
}

/** What every provider of `wasmcloud:messaging` must do. */
export const messagingDemands: readonly Demand<MessagingSetting>[] = [
  demand(
    "a message reaches the actors that subscribed, with subject, body and reply subject",
    async (hosts, { settled }) => {
      const [here, there] = await two(hosts);
      const subject = newSubject();
      await there.link({ SUBSCRIPTION: `other, ${subject}` });
      await here.link();
      await settled();
      same(await here.ask("Publish", message(subject, "hello", "answer.here")), { published: true });
      same(await there.deliveries(1), [
        { actor: "MA", operation: "HandleMessage", message: message(subject, "hello", "answer.here") },
      ]);
    },
  ),
  demand("wildcards fit what they say", async (hosts, { settled }) => {
    const [here, there] = await two(hosts);
    const subject = newSubject();
    await there.link({ SUBSCRIPTION: `${subject}.*.x,${subject}.y.>` });
    await here.link();
    await settled();
    for (const end of ["a", "a.x", "a.b.x", "y", "y.z.z", "b.x"]) {
      await here.ask("Publish", message(`${subject}.${end}`, end));
    }
    const delivered = await there.deliveries(3);
    same(
      delivered.map(({ message }) => (message as { subject: string }).subject.slice(subject.length + 1)),
      ["a.x", "y.z.z", "b.x"],
    );
  }),
  demand("messages are delivered in the order of their sending", async (hosts, { settled }) => {
    const [here, there] = await two(hosts);
    const subject = newSubject();
    there.answer = async () => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
      return null;
    };
    await there.link({ SUBSCRIPTION: subject });
    await here.link();
    await settled();
    for (let index = 0; index < 50; index++) await here.ask("Publish", message(subject, String(index)));
    const delivered = await there.deliveries(50);
    same(
      delivered.map(({ message }) =>
        Number(new TextDecoder().decode((message as { body: Uint8Array }).body)),
      ),
      Array.from({ length: 50 }, (_, index) => index),
    );
  }),
  demand("of a queue group, only one gets each message", async (hosts, { settled }) => {
    const [one, other] = await two(hosts);
    const subject = newSubject();
    for (const host of [one, other]) {
      await host.link({ SUBSCRIPTION: subject, QUEUEGROUP_NAME: "group" });
      await host.link({}, "MB");
    }
    await settled();
    for (let index = 0; index < 40; index++) await one.ask("Publish", message(subject, String(index)), "MB");
    await settled();
    await new Promise((resolve) => setTimeout(resolve, 50));
    same(one.delivered.length + other.delivered.length, 40);
  }),
  demand("a request is answered by an actor elsewhere", async (hosts, { settled }) => {
    const [here, there] = await two(hosts);
    const subject = newSubject();
    await there.link({ SUBSCRIPTION: subject });
    await here.link();
    await settled();
    there.answer = async ({ message: asked }) => {
      const { replyTo } = asked as { replyTo: string };
      await there.ask("Publish", message(replyTo, "pong"));
      return null;
    };
    const answer = await here.ask("Request", { subject, body: bytes("ping"), timeout: 5_000 });
    const { replyTo, body } = answer as { replyTo: string; body: Uint8Array };
    same([replyTo, body], ["", bytes("pong")]);
  }),
  demand("a request that nobody answers ends at its time", async (hosts, { settled }) => {
    const [here, there] = await two(hosts);
    const subject = newSubject();
    await there.link({ SUBSCRIPTION: subject });
    await here.link();
    await settled();
    await refused(
      here.ask("Request", { subject, body: bytes(""), timeout: 100 }),
      "lattice.timeout",
      "RPC call timed out",
    );
    for (const timeout of [0, -1]) {
      await refused(here.ask("Request", { subject, body: bytes(""), timeout }), "provider.bad_request");
    }
  }),
  demand(
    "a message of nobody's interest is published, and a request to nobody fails at once",
    async (hosts) => {
      const [here] = await two(hosts);
      await here.link();
      const subject = newSubject();
      same(await here.ask("Publish", message(subject, "")), { published: true });
      await refused(
        here.ask("Request", { subject, body: bytes(""), timeout: 60_000 }),
        "lattice.transport",
        "RPC error: no responders",
      );
    },
  ),
  demand("an actor that fails does not end the delivery", async (hosts, { settled }) => {
    const [here, there] = await two(hosts);
    const subject = newSubject();
    await there.link({ SUBSCRIPTION: subject });
    await here.link();
    await settled();
    there.answer = () => {
      if (there.delivered.length === 1) throw new Error("on purpose");
      return null;
    };
    await here.ask("Publish", message(subject, "1"));
    await here.ask("Publish", message(subject, "2"));
    await there.deliveries(2);
  }),
  demand(
    "an actor that was unlinked gets nothing more, and its calls are refused",
    async (hosts, { settled }) => {
      const [here, there] = await two(hosts);
      const subject = newSubject();
      await there.link({ SUBSCRIPTION: subject });
      await there.unlink();
      await there.link({ SUBSCRIPTION: `${subject}.later` });
      await here.link();
      await settled();
      await here.ask("Publish", message(subject, "too late"));
      await here.ask("Publish", message(`${subject}.later`, "in time"));
      same(await there.deliveries(1), [
        { actor: "MA", operation: "HandleMessage", message: message(`${subject}.later`, "in time") },
      ]);
      await refused(here.ask("Publish", message(subject, ""), "MB"), "link.not_found");
    },
  ),
  demand(
    "a link that takes another's place misses and repeats nothing, and a refused one changes nothing",
    async (hosts, { settled }) => {
      const [here, there] = await two(hosts);
      const subject = newSubject();
      await there.link({ SUBSCRIPTION: subject });
      await here.link();
      await settled();
      await there.link({ SUBSCRIPTION: `${subject},${subject}.more` });
      await settled();
      await here.ask("Publish", message(subject, "1"));
      await refused(there.link({ SUBSCRIPTION: `${subject}.other,a b` }), "link.invalid");
      await settled();
      for (const end of ["", ".other", ".more"]) await here.ask("Publish", message(subject + end, "2"));
      const delivered = await there.deliveries(3);
      same(
        delivered.map(({ message }) => (message as { subject: string }).subject.slice(subject.length)),
        ["", "", ".more"],
      );
    },
  ),
  demand("subjects that are none are refused, in calls and in links", async (hosts) => {
    const [here, there] = await two(hosts);
    await here.link();
    for (const subject of ["", "a b", "a..b", "a.*", ">", "a\r\nPUB x 0"]) {
      await refused(here.ask("Publish", message(subject, "")), "input.invalid");
      await refused(here.ask("Request", { subject, body: bytes(""), timeout: 10 }), "input.invalid");
    }
    for (const SUBSCRIPTION of ["a b", "a..b", "a.>.b"]) {
      await refused(there.link({ SUBSCRIPTION }), "link.invalid");
      await refused(there.ask("Publish", message("a", "")), "link.invalid");
    }
    await refused(there.link({ SUBSCRIPTION: "a", QUEUEGROUP_NAME: "a b" }), "link.invalid");
    await there.link({ SUBSCRIPTION: "a" });
  }),
  demand("wrong payloads and unknown operations are refused", async (hosts) => {
    const [here] = await two(hosts);
    await here.link();
    await refused(here.ask("Publish", { subject: "a" }), "provider.bad_request", /^Failed to de-serialize: /);
    await refused(here.ask("HandleMessage", message("a", "")), "provider.unknown_operation", "bad dispatch");
  }),
];
