import { readFileSync } from "node:fs";
import { embedToken, extractToken, KeyPair, signActorModule } from "../../../src/index.ts";
import { readModule } from "../../../src/wasm/index.ts";
import { testActor } from "../actors.ts";

/** A file that must not become an actor, the code of its refusal, and words that a person must find in the text. */
export interface BadModule {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly code: string;
  readonly says: RegExp;
}

const hour = 3_600;

/** One file for each way in which a module can be bad. */
export async function makeBadModules(): Promise<readonly BadModule[]> {
  const signed = testActor("echo").bytes;
  const unsigned = readUnsigned("echo");
  const issuer = await KeyPair.generate("account");
  const { publicKey: subject } = await KeyPair.generate("module");
  const now = Math.floor(Date.now() / 1_000);
  const dated = (dates: { readonly expires?: number; readonly notBefore?: number }) =>
    signActorModule(unsigned, { subject, capabilities: [], name: "Dated", ...dates }, issuer);
  const malformed = (name: string, bytes: Uint8Array, says: RegExp): BadModule => ({
    name,
    bytes,
    code: "module.malformed",
    says,
  });
  return [
    { name: "unsigned.wasm", bytes: unsigned, code: "module.unsigned", says: /is not signed\. Sign it with/ },
    {
      name: "other-code.wasm",
      bytes: embedToken(readUnsigned("ponger"), extractToken(signed).token),
      code: "module.hash_mismatch",
      says: /Invalid module hash.*was changed after signing/s,
    },
    {
      name: "changed-claims.wasm",
      bytes: withChangedClaims(signed),
      code: "jwt.signature",
      says: /invalid signature.*The claims were changed after signing/s,
    },
    {
      name: "expired.wasm",
      bytes: await dated({ expires: now - hour }),
      code: "claims.expired",
      says: /claims have expired.*They were valid until/s,
    },
    {
      name: "too-early.wasm",
      bytes: await dated({ notBefore: now + hour }),
      code: "claims.not_yet_valid",
      says: /cannot be used yet.*They are valid from/s,
    },
    malformed("truncated.wasm", signed.slice(0, -10), /unexpected end.*damaged or cut short/s),
    malformed("padded-section.wasm", withLongerSection(signed), /unexpected end.*damaged or cut short/s),
    malformed("padded-file.wasm", Buffer.concat([signed, new Uint8Array(16)]), /damaged or cut short/),
    {
      name: "two-tokens.wasm",
      bytes: embedToken(signed, extractToken(signed).token),
      code: "module.duplicate_token",
      says: /2 embedded tokens.*Strip all sections/s,
    },
    {
      name: "nocall.wasm",
      bytes: testActor("nocall").bytes,
      code: "module.no_guest_call",
      says: /does not export the function __guest_call.*no waPC guest/s,
    },
    malformed("letter.wasm", Buffer.from("Dear actor, please start."), /is not a WebAssembly module/),
    malformed("empty.wasm", new Uint8Array(), /is not a WebAssembly module/),
  ];
}

function readUnsigned(name: string): Uint8Array {
  return new Uint8Array(
    readFileSync(new URL(`../../../build/actors/unsigned/${name}.wasm`, import.meta.url)),
  );
}

/** The claims say another name than what was signed; signature and module are as they were. */
function withChangedClaims(signed: Uint8Array): Uint8Array {
  const { token, unsigned, position } = extractToken(signed);
  const [header = "", payload = "", signature = ""] = token.split(".");
  const claims = Buffer.from(payload, "base64url").toString("utf8").replace('"Echo"', '"Evil"');
  const changed = Buffer.from(claims).toString("base64url");
  return embedToken(unsigned, [header, changed, signature].join("."), position);
}

/** The last section claims more bytes than the file has. */
function withLongerSection(signed: Uint8Array): Uint8Array {
  const last = readModule(signed).at(-1);
  if (last === undefined) throw new Error("a module without sections");
  const bytes = signed.slice();
  // the size follows the id; its lowest seven bits come first
  bytes[last.start + 1] = (bytes[last.start + 1] ?? 0) | 0x7f;
  return bytes;
}
