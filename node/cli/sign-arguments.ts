import { parseArgs } from "node:util";
import type { ActorSigning, ProviderSigning } from "../../src/claims/index.ts";
import { HostError, messageOf } from "../../src/errors/index.ts";
import { checkGrants, type ProviderAuthority } from "../../src/providers/index.ts";

/** What `--help` shows. */
export const USAGE: string = `Sign an actor module, or a provider as an archive of its targets.

  npm run sign -- FILE --issuer SEEDFILE --subject SEEDFILE [options]
  npm run sign -- --archive OUT --target NAME=FILE --contract ID --vendor TEXT
                  --issuer SEEDFILE --subject SEEDFILE [options]
  npm run sign -- --generate account|module|service FILE

  --issuer FILE      seed of the account that signs (SA…)
  --subject FILE     seed (SM…) or public key (M…) of the actor; SV… or V… for a provider
  --name TEXT        display name
  --rev NUMBER       revision; a live update needs a higher one (default 0)
  --ver TEXT         version for people to read
  --expires WHEN     from now (90s, 45m, 12h, 30d, 2w) or an ISO date; default never
  --not-before WHEN  same; default at once
  --generate KIND    make a new seed file instead; never overwrites one

Actors only:
  --cap CONTRACT     contract the actor may call, such as wasmcloud:keyvalue; repeatable
  --tag TEXT         tag; repeatable
  --alias TEXT       name under which other actors may call it
  --out FILE         default: FILE with _signed before its ending
  --as-is            sign the bytes as they are; without it they are rewritten in the form
                     that first-party wasmCloud 0.18 hosts hash, and refused if those
                     could not read them

Providers only:
  --archive FILE     the archive to write; compressed if it ends in .gz
  --target NAME=FILE code of a target, such as es2022-any=provider.mjs; repeatable
  --contract ID      contract it fulfils, such as wasmcloud:keyvalue
  --vendor TEXT      who offers it
  --network HOST     host it asks to reach, such as api.example.com; repeatable
  --storage          it asks to keep data in the store of its host`;

/** A request to sign. */
export interface SignCommand {
  readonly kind: "sign";
  readonly file: string;
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Omit<ActorSigning, "subject">;
  readonly canonical: boolean;
  readonly out: string | undefined;
  /** Time of issue in whole seconds since 1970. */
  readonly now: number;
}

/** A request to sign a provider and write its archive. */
export interface ArchiveCommand {
  readonly kind: "archive";
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Omit<ProviderSigning, "subject">;
  /** The file of each target. */
  readonly targets: ReadonlyMap<string, string>;
  /** What it asks for. */
  readonly asked: ProviderAuthority;
  readonly out: string;
  /** Time of issue in whole seconds since 1970. */
  readonly now: number;
}

/** Kinds of seeds that the tool makes. */
export type GeneratedKind = "account" | "module" | "service";

/** What the arguments ask for. */
export type SignArguments =
  | SignCommand
  | ArchiveCommand
  | { readonly kind: "generate"; readonly keyKind: GeneratedKind; readonly file: string }
  | { readonly kind: "help" };

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/**
 * Understands the arguments of the signing tool.
 * @param now the time from which durations count, in seconds since 1970
 * @throws HostError `input.invalid`
 */
export function parseSignArguments(args: readonly string[], now: number): SignArguments {
  const { values, positionals } = parse(args);
  if (values.help) return { kind: "help" };
  const [file, ...more] = positionals;
  if (values.archive !== undefined) {
    if (file !== undefined) throw usage(`--archive takes files by --target, not "${file}"`);
    return archiveCommand(values, values.archive, now);
  }
  if (file === undefined || more.length > 0) throw usage(`expected one file, got ${positionals.length}`);
  if (values.generate !== undefined) return { kind: "generate", keyKind: keyKind(values.generate), file };
  refuseOthers(values, ARCHIVE_ONLY, "goes with --archive only");
  return {
    kind: "sign",
    file,
    ...commonClaims(values, now, {
      capabilities: values.cap ?? [],
      tags: values.tag ?? [],
      ...(values.alias === undefined ? {} : { callAlias: values.alias }),
    }),
    canonical: !values["as-is"],
    out: values.out,
  };
}

type Values = ReturnType<typeof parse>["values"];

const ARCHIVE_ONLY = ["target", "contract", "vendor", "network", "storage"] as const;
const ACTOR_ONLY = ["cap", "tag", "alias", "out", "as-is", "generate"] as const;

function archiveCommand(values: Values, out: string, now: number): ArchiveCommand {
  refuseOthers(values, ACTOR_ONLY, "does not go with --archive");
  const targets = new Map<string, string>();
  for (const pair of values.target ?? []) {
    const [, name, file] = /^([^=]+)=(.+)$/s.exec(pair) ?? [];
    if (name === undefined || file === undefined) throw usage(`--target must be NAME=FILE, not "${pair}"`);
    if (targets.has(name)) throw usage(`--target ${name} is there twice`);
    targets.set(name, file);
  }
  if (targets.size === 0) throw usage("--target is missing");
  const contractId = required(values.contract, "--contract");
  const vendor = required(values.vendor, "--vendor");
  const asked = checkGrants({ network: values.network ?? [], storage: values.storage });
  return { kind: "archive", ...commonClaims(values, now, { contractId, vendor }), targets, asked, out };
}

/** What both kinds of claims have, beside what only one has. */
function commonClaims<T>(values: Values, now: number, own: T) {
  const { name, ver, rev, expires, "not-before": notBefore } = values;
  return {
    issuer: required(values.issuer, "--issuer"),
    subject: required(values.subject, "--subject"),
    claims: {
      ...own,
      revision: rev === undefined ? 0 : revision(rev),
      ...(name === undefined ? {} : { name }),
      ...(ver === undefined ? {} : { version: ver }),
      ...(expires === undefined ? {} : { expires: moment(expires, now, "--expires") }),
      ...(notBefore === undefined ? {} : { notBefore: moment(notBefore, now, "--not-before") }),
    },
    now: Math.floor(now),
  };
}

function refuseOthers(values: Values, others: readonly (keyof Values)[], why: string): void {
  const other = others.find((name) => values[name] !== undefined && values[name] !== false);
  if (other !== undefined) throw usage(`--${other} ${why}`);
}

function parse(args: readonly string[]) {
  const string = { type: "string" } as const;
  const strings = { type: "string", multiple: true } as const;
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        issuer: string,
        subject: string,
        name: string,
        cap: strings,
        tag: strings,
        alias: string,
        rev: string,
        ver: string,
        expires: string,
        "not-before": string,
        out: string,
        archive: string,
        target: strings,
        contract: string,
        vendor: string,
        network: strings,
        storage: flag,
        generate: string,
        "as-is": flag,
        help: { ...flag, short: "h" },
      },
    });
  } catch (error) {
    throw usage(messageOf(error));
  }
}

function required(value: string | undefined, option: string): string {
  if (value === undefined) throw usage(`${option} is missing`);
  return value;
}

function keyKind(value: string): GeneratedKind {
  if (value === "account" || value === "module" || value === "service") return value;
  throw usage(`--generate makes an account, a module or a service key, not "${value}"`);
}

function revision(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw usage(`--rev must be a whole number, not "${value}"`);
  return Number(value);
}

/** A moment in seconds since 1970: so long from now, or an ISO date. */
function moment(value: string, now: number, option: string): number {
  const [, count, unit] = /^(\d{1,9})([smhdw])$/.exec(value) ?? [];
  if (count !== undefined && unit !== undefined)
    return Math.floor(now) + Number(count) * (SECONDS[unit] ?? 1);
  const date = /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(date)) throw usage(`${option} must be like 30d, 12h or 2027-01-31, not "${value}"`);
  return Math.floor(date / 1000);
}

function usage(message: string): HostError {
  return new HostError("input.invalid", message);
}
