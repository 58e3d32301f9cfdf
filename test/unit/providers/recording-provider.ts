import { decode } from "@msgpack/msgpack";
import { KeyPair } from "../../../src/keys/index.ts";
import {
  answerCoreOperation,
  type CapabilityProvider,
  type ProviderDescriptor,
  type ProviderDispatcher,
} from "../../../src/providers/index.ts";

/** One call that a provider got. */
export interface RecordedCall {
  readonly origin: string;
  readonly operation: string;
  readonly payload: Uint8Array;
}

/** Notes everything it is told. Operations it does not know are answered by a function of the test. */
export class RecordingProvider implements CapabilityProvider {
  readonly calls: RecordedCall[] = [];
  dispatcher: ProviderDispatcher | undefined;
  stops = 0;
  /** Answers what is not of the core; default: the payload. */
  answer: (call: RecordedCall) => Promise<Uint8Array> = async ({ payload }) => payload;
  /** Called before a core operation is answered; may throw. */
  onCore: (operation: string) => void | Promise<void> = () => undefined;

  configureDispatch(dispatcher: ProviderDispatcher): void {
    this.dispatcher = dispatcher;
  }

  async handleCall(origin: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    const call = { origin, operation, payload: payload.slice() };
    this.calls.push(call);
    if (["BindActor", "RemoveActor", "HealthRequest"].includes(operation)) await this.onCore(operation);
    return (await answerCoreOperation({}, operation, payload)) ?? this.answer(call);
  }

  async stop(): Promise<void> {
    this.stops++;
  }

  /** Operations and decoded payloads of the links it was told about. */
  get links(): [operation: string, configuration: unknown][] {
    return this.calls
      .filter(({ operation }) => operation === "BindActor" || operation === "RemoveActor")
      .map(({ operation, payload }) => [operation, decode(payload)]);
  }
}

/** A provider identity of its own for each test. */
export async function newDescriptor(contractId = "wasmcloud:keyvalue"): Promise<ProviderDescriptor> {
  const { publicKey } = await KeyPair.generate("service");
  return { id: publicKey, contractId, name: "Recorder", vendor: "tests", revision: 3, version: "1.2.3" };
}
