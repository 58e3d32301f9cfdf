import { DEFAULT_LINK_NAME } from "../dispatch/index.ts";
import { messageOf } from "../errors/index.ts";
import { type CommandContext, carryOut, fullText, stopSoon, WORK_WAIT_MS } from "./command-context.ts";
import {
  type ProviderCommand,
  readStartProvider,
  readStopProvider,
  startProviderAck,
  stopAck,
} from "./command-messages.ts";

/** The names under which work for a provider is under way: as {@link actorWork}, and by link name. */
export function providerWork({ reference, linkName }: ProviderCommand, key: string): string[] {
  // It is started as this, so two starts that differ in no more than this are of one provider.
  const started = linkName === "" ? DEFAULT_LINK_NAME : linkName;
  return [...new Set([`provider ${reference}/${started}`, `provider ${key}/${started}`])];
}

/**
 * Starts and stops providers when told to. A start is acknowledged before the work. While one is under way, another of
 * the same provider and link name is refused as if it ran already, and a stop waits a moment for it to end. Protocol
 * section 8.4.
 */
export class ProviderCommands {
  readonly #context: CommandContext;

  constructor(context: CommandContext) {
    this.#context = context;
  }

  /** Answers `lp`. */
  start(data: Uint8Array): Uint8Array {
    const { host, faults } = this.#context;
    let command: ProviderCommand;
    try {
      command = readStartProvider(data);
    } catch (error) {
      faults.report("undecodable", error, { what: "Undecodable lp command" });
      const reason = `Bad StartProvider command received: JSON deserialization failure: ${messageOf(error)}`;
      return startProviderAck(host.id, "", reason);
    }
    return startProviderAck(host.id, command.reference, this.#begin(command));
  }

  /** Answers `sp`. */
  async stop(data: Uint8Array): Promise<Uint8Array> {
    let command: ProviderCommand;
    try {
      command = readStopProvider(data);
    } catch (error) {
      this.#context.faults.report("undecodable", error, { what: "Undecodable sp command" });
      return stopAck("Failed to deserialize stop provider command");
    }
    return stopAck(await this.#stop(command));
  }

  /** @returns why the start is refused; null if it is not. */
  #begin(command: ProviderCommand): string | null {
    const { host, work, faults } = this.#context;
    const { reference, linkName } = command;
    let key: string;
    let isRunning: boolean;
    try {
      key = host.resolveReference(reference);
      isRunning = host.isProviderRunning(key, linkName);
    } catch (error) {
      faults.report("host_failed", error, { what: "The host does not say which providers run" });
      return "Failed to query host controller for running providers";
    }
    const start = () =>
      carryOut(this.#context, {
        kind: "start",
        reference,
        sentence: `Provider ${reference} was acknowledged but not started`,
        run: async () => host.startProviderFrom(reference, linkName),
      });
    const beginning = isRunning ? "busy" : work.begin(providerWork(command, key), start);
    if (beginning === "full") return fullText(work);
    // With a full stop, unlike the text for actors.
    return beginning === "busy"
      ? `Provider with image ref '${reference}' is already running on this host.`
      : null;
  }

  /** @returns why it was not stopped; null if it was. */
  async #stop(command: ProviderCommand): Promise<string | null> {
    const { host, work, faults } = this.#context;
    const { reference, linkName } = command;
    let key: string;
    try {
      await work.ended(providerWork(command, host.resolveReference(reference)), WORK_WAIT_MS);
      // Only a start that has ended tells the key of a new reference.
      key = host.resolveReference(reference);
      if (!host.isProviderRunning(key, linkName)) {
        return `Provider ${reference}/${linkName} is not running on this host`;
      }
    } catch (error) {
      faults.report("host_failed", error, { what: "The host does not say which providers run" });
      return "Host controller unavailable";
    }
    try {
      const sentence = `Provider ${key}/${linkName} was not stopped though that was acknowledged`;
      const run = async () => host.stopProvider(key, linkName);
      if (await stopSoon(this.#context, { kind: "stop", reference, sentence, run })) return null;
      if (!host.isProviderRunning(key, linkName)) return null;
    } catch (error) {
      faults.report("stop_failed", error, { what: "A provider was not stopped" });
    }
    return "Host controller unavailable to stop provider";
  }
}
