import binaryen from "binaryen";
import { GuestInstance, type HostCallAnswer, type HostCallRequest } from "../../../src/wapc/index.ts";
import { blockingStrategy } from "../../../src/wapc/strategies.ts";

/** The bytes of a module written as text. */
export function textModuleBytes(text: string): Uint8Array<ArrayBuffer> {
  const module = binaryen.parseText(text);
  try {
    return new Uint8Array(module.emitBinary());
  } finally {
    module.dispose();
  }
}

/** A module written as text. */
export function textModule(text: string): WebAssembly.Module {
  return new WebAssembly.Module(textModuleBytes(text));
}

/** A started guest, and all it said. */
export interface StartedGuest {
  readonly guest: GuestInstance;
  readonly lines: string[];
  readonly hostCalls: HostCallRequest[];
  /** Calls it and returns its response as text. */
  call(operation?: string, payload?: Uint8Array): Promise<string>;
}

/** Starts a guest whose host calls are answered at once. */
export async function startGuest(
  module: WebAssembly.Module,
  answer: (request: HostCallRequest) => HostCallAnswer = () => ({ ok: true, payload: new Uint8Array(0) }),
): Promise<StartedGuest> {
  const lines: string[] = [];
  const hostCalls: HostCallRequest[] = [];
  const guest = await GuestInstance.start(module, {
    strategy: blockingStrategy((request) => {
      hostCalls.push(request);
      return answer(request);
    }),
    log: (line) => lines.push(line),
    maxPayloadBytes: 1_048_576,
    maxMemoryBytes: 64 * 1_048_576,
  });
  return {
    guest,
    lines,
    hostCalls,
    call: async (operation = "", payload = new Uint8Array(0)) =>
      new TextDecoder().decode(await guest.call(operation, payload)),
  };
}
