import {
  blockingStrategy,
  GuestInstance,
  type GuestOptions,
  type HostCallAnswer,
  type HostCallRequest,
} from "../../../src/wapc/index.ts";
import { testActor } from "../../support/actors.ts";
import { type Handmade, handmade } from "./handmade.ts";

/** A started guest, and what it said. */
export interface StartedGuest {
  readonly guest: GuestInstance;
  readonly log: string[];
  readonly requests: HostCallRequest[];
}

/** How a guest of a test is started. */
export interface GuestSetting extends Partial<GuestOptions> {
  /** Answers host calls; default an empty success. */
  readonly answer?: (request: HostCallRequest) => HostCallAnswer;
}

export const NOTHING: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/** Starts a guest of `test/actors` by name, or one made by hand, in this thread. */
export async function startGuest(
  module: string | Handmade,
  { answer = () => ({ ok: true, payload: NOTHING }), ...options }: GuestSetting = {},
): Promise<StartedGuest> {
  const log: string[] = [];
  const requests: HostCallRequest[] = [];
  const bytes = typeof module === "string" ? testActor(module).bytes : handmade(module);
  const guest = await GuestInstance.start(await WebAssembly.compile(bytes), {
    strategy: blockingStrategy((request) => {
      requests.push(request);
      return answer(request);
    }),
    log: (text) => log.push(text),
    maxPayloadBytes: 16 * 1_024 * 1_024,
    ...options,
  });
  return { guest, log, requests };
}
