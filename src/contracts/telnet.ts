import * as v from "valibot";
import { type Codec, messageCodec, voidCodec } from "./codec.ts";
import type { Contract, Exchange } from "./contract.ts";
import { decodeValue, encodeMessage, optionalField, readMessage, textField } from "./payload.ts";

export interface TelnetSessionStarted {
  readonly session: string;
}

/** Text to or from a session. */
export interface TelnetText {
  readonly session: string;
  readonly text: string;
}

export interface TelnetResult {
  readonly success: boolean;
  readonly error?: string | undefined;
  /**
   * Sent as a boolean alone, as interfaces up to 0.1.2 and the released provider do; default false. No form satisfies
   * the guests of both generations.
   */
  readonly bare?: boolean;
}

const session = textField(256);
const textCodec: Codec<TelnetText> = messageCodec<TelnetText>({ session, text: textField(1_048_576) });
const resultFields = { success: v.boolean(), error: optionalField(textField(65_536)) };

const resultCodec: Codec<TelnetResult> = {
  encode: ({ success, error, bare }) =>
    encodeMessage(bare === true ? success : { success, error: error ?? null }),
  decode: (payload) => {
    const value = decodeValue(payload);
    return typeof value === "boolean" ? { success: value, bare: true } : readMessage(resultFields, value);
  },
};

export type TelnetCalls = { readonly SendText: Exchange<TelnetText, TelnetResult> };
export type TelnetDeliveries = {
  readonly SessionStarted: Exchange<TelnetSessionStarted, void>;
  readonly ReceiveText: Exchange<TelnetText, void>;
};

/** Terminals. Contracts document 7.5; what actors answer to deliveries is not looked at. */
export const telnetContract: Contract<TelnetCalls, TelnetDeliveries> = {
  id: "wasmcloud:telnet",
  calls: { SendText: { request: textCodec, reply: resultCodec } },
  deliveries: {
    SessionStarted: { request: messageCodec<TelnetSessionStarted>({ session }), reply: voidCodec },
    ReceiveText: { request: textCodec, reply: voidCodec },
  },
};
