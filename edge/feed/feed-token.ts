import { offeredTokenProtocol, tokenProtocol } from "../../src/feed/index.ts";

/** Whether a client has offered the token. Takes as long for one that is nearly right as for any other. */
export async function offersToken(offered: string | null, token: string): Promise<boolean> {
  // Digests are of one length, and say nothing about how much of a guess was right.
  const [given, wanted] = await Promise.all([
    digestOf(offeredTokenProtocol(offered) ?? ""),
    digestOf(tokenProtocol(token)),
  ]);
  return given.reduce((difference, byte, at) => difference | (byte ^ (wanted[at] ?? 0)), 0) === 0;
}

async function digestOf(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
