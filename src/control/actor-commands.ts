import { messageOf } from "../errors/index.ts";
import { type CommandContext, carryOut, fullText, stopSoon, WORK_WAIT_MS } from "./command-context.ts";
import {
  readActorCommand,
  readUpdateActor,
  startActorAck,
  stopAck,
  updateActorAck,
} from "./command-messages.ts";

const NOT_RUNNING = "Actor is either not running on this host or host controller unresponsive";
const NOT_STOPPED = "Host controller did not acknowledge stop command";

/** The names under which work for an actor is under way: its reference, and the key that this is known to mean. */
export function actorWork(reference: string, key: string): string[] {
  return [...new Set([`actor ${reference}`, `actor ${key}`])];
}

/** The further name of an update. */
function updateOf(key: string): string {
  return `update of ${key}`;
}

/**
 * Starts, stops and updates actors when told to. Starts and updates are acknowledged before the work. While one is
 * under way, a start of the same actor is refused as if it ran already, an update is not accepted, and a stop waits a
 * moment for it to end. Protocol section 8.4.
 */
export class ActorCommands {
  readonly #context: CommandContext;

  constructor(context: CommandContext) {
    this.#context = context;
  }

  /** Answers `la`. */
  start(data: Uint8Array): Uint8Array {
    const { host, faults } = this.#context;
    let reference: string;
    try {
      reference = readActorCommand(data);
    } catch (error) {
      faults.report("undecodable", error, { what: "Undecodable la command" });
      const reason = `Bad StartActor command received: JSON deserialization failure: ${messageOf(error)}`;
      return startActorAck(host.id, "", reason);
    }
    return startActorAck(host.id, reference, this.#begin(reference));
  }

  /** Answers `sa`. */
  async stop(data: Uint8Array): Promise<Uint8Array> {
    let reference: string;
    try {
      reference = readActorCommand(data);
    } catch (error) {
      this.#context.faults.report("undecodable", error, { what: "Undecodable sa command" });
      return stopAck("Failed to deserialize stop actor command");
    }
    return stopAck(await this.#stop(reference));
  }

  /** Answers `upd`, what cannot be read not at all. */
  update(data: Uint8Array): Uint8Array | undefined {
    let command: ReturnType<typeof readUpdateActor>;
    try {
      command = readUpdateActor(data);
    } catch (error) {
      this.#context.faults.report("undecodable", error, { what: "Undecodable upd command" });
      return undefined;
    }
    return updateActorAck(this.#beginUpdate(command.actorId, command.reference));
  }

  /** @returns why the start is refused; null if it is not. */
  #begin(reference: string): string | null {
    const { host, work } = this.#context;
    let key: string;
    let isRunning: boolean;
    try {
      key = host.resolveReference(reference);
      isRunning = host.isActorRunning(key);
    } catch (error) {
      this.#context.faults.report("host_failed", error, { what: "The host does not say which actors run" });
      return "Failed to query host controller for running actor";
    }
    const start = () =>
      carryOut(this.#context, {
        kind: "start",
        reference,
        sentence: `Actor ${reference} was acknowledged but not started`,
        run: async () => host.startActorFrom(reference),
      });
    const beginning = isRunning ? "busy" : work.begin(actorWork(reference, key), start);
    if (beginning === "full") return fullText(work);
    return beginning === "busy"
      ? `Actor with image ref '${reference}' is already running on this host`
      : null;
  }

  /** @returns why it was not stopped; null if it was. */
  async #stop(reference: string): Promise<string | null> {
    const { host, work, faults } = this.#context;
    try {
      await work.ended(actorWork(reference, host.resolveReference(reference)), WORK_WAIT_MS);
      // Only a start that has ended tells the key of a new reference.
      const key = host.resolveReference(reference);
      if (!host.isActorRunning(key)) return NOT_RUNNING;
      if (work.has([updateOf(key)])) return NOT_STOPPED;
      return await this.#stopRunning(reference, key);
    } catch (error) {
      faults.report("host_failed", error, { what: "The host does not say which actors run" });
      return NOT_RUNNING;
    }
  }

  async #stopRunning(reference: string, key: string): Promise<string | null> {
    const { host, faults } = this.#context;
    try {
      const sentence = `Actor ${key} was not stopped though that was acknowledged`;
      const run = async () => host.stopActor(key);
      if (await stopSoon(this.#context, { kind: "stop", reference, sentence, run })) return null;
    } catch (error) {
      faults.report("stop_failed", error, { what: "An actor was not stopped" });
      return NOT_STOPPED;
    }
    // Out of the running table at once; the call it serves may go on after the reply.
    return host.isActorRunning(key) ? NOT_STOPPED : null;
  }

  #beginUpdate(actorId: string, reference: string): boolean {
    const { host, work, faults } = this.#context;
    try {
      if (!host.isActorRunning(actorId)) return false;
    } catch (error) {
      faults.report("host_failed", error, { what: "The host does not say which actors run" });
      return false;
    }
    const update = () =>
      carryOut(this.#context, {
        kind: "update",
        reference,
        sentence: `The update of actor ${actorId} was acknowledged but not carried out`,
        run: async () => host.updateActorFrom(actorId, reference),
      });
    return work.begin([...actorWork(reference, actorId), updateOf(actorId)], update) === "begun";
  }
}
