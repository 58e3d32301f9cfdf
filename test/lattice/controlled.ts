import { joinedHost, type Member, rawClient, subjects, text } from "../support/lattice-host.ts";
import type { TestHostOptions } from "../support/node-host.ts";

/** A member of a lattice, and a client that asks it as `wash` does. */
export interface Controlled {
  readonly member: Member;
  /** The text of the first answer on a subject; the data may be a text or a JSON value. */
  ask(subject: string, data?: unknown): Promise<string>;
  /** A command about an actor, and its acknowledgement. */
  command(name: "la" | "sa", reference: string): Promise<unknown>;
}

export async function controlledHost(servers: string, options: TestHostOptions = {}): Promise<Controlled> {
  const member = await joinedHost(servers, options);
  const raw = await rawClient(servers);
  const ask: Controlled["ask"] = async (subject, data = "") => {
    const bytes = Buffer.from(typeof data === "string" ? data : JSON.stringify(data));
    return text((await raw.request(subject, bytes, { timeout: 2_000 })).data);
  };
  return {
    member,
    ask,
    command: async (name, reference) => {
      const data = { actor_ref: reference, host_id: member.host.id };
      return JSON.parse(await ask(subjects.command(member.host.id, name), data));
    },
  };
}
