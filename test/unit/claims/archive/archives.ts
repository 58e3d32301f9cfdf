import {
  type ProviderSigning,
  signProviderClaims,
  type WriteArchiveOptions,
  writeProviderArchive,
} from "../../../../src/claims/index.ts";
import { utf8 } from "../hex.ts";
import { testKeys } from "../tokens.ts";

/** When the archives of tests are signed, in seconds since 1970. */
export const NOW = 1_700_000_000;

/** A module and a native library, as far as archives are concerned. */
export const TARGETS: ReadonlyMap<string, Uint8Array> = new Map([
  ["es2022-any", utf8("export default () => ({ handleCall: () => new Uint8Array(0) });\n")],
  ["x86_64-linux", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46)],
]);

/** What the test provider's claims say. */
export async function signing(changes: Partial<ProviderSigning> = {}): Promise<ProviderSigning> {
  const { service } = await testKeys();
  return {
    subject: service.publicKey,
    tokenId: "Aq3ck0n4WHOpcVYrBQzNDm",
    name: "Test Store",
    contractId: "wasmcloud:keyvalue",
    vendor: "Acme",
    revision: 2,
    version: "0.2.0",
    ...changes,
  };
}

/** A signed archive, not compressed unless told so. */
export async function archive(
  options: Partial<WriteArchiveOptions> = {},
  changes: Partial<ProviderSigning> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { account } = await testKeys();
  return writeProviderArchive(await signing(changes), account, {
    targets: TARGETS,
    compress: false,
    now: NOW,
    ...options,
  });
}

/** The token of the test provider over hashes. */
export async function tokenOver(hashes: Readonly<Record<string, string>>): Promise<string> {
  const { account } = await testKeys();
  return signProviderClaims(await signing(), hashes, account, NOW);
}

/** Fields of a header to write otherwise. */
export interface HeaderChanges {
  readonly type?: string;
  readonly prefix?: string;
  readonly size?: string;
  readonly checksum?: string;
}

/** A tar entry made by hand, so that it may be wrong. */
export function entry(name: string, data: Uint8Array | string, changes: HeaderChanges = {}): Uint8Array {
  const content = Buffer.from(data);
  const header = Buffer.alloc(512);
  header.write(name, 0, "latin1");
  header.write(changes.size ?? `${content.length.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  header.write("00000000000\0", 136);
  header.write(changes.type ?? "\0", 156, "latin1");
  header.write("ustar  \0", 257);
  header.write(changes.prefix ?? "", 345);
  header.write("        ", 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(changes.checksum ?? `${sum.toString(8).padStart(7, "0")}\0`, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** Entries and the end marker. */
export function tar(...entries: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([...entries, Buffer.alloc(1_024)]);
}
