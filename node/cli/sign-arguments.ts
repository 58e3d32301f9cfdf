import { parseArgs } from "node:util";
import type { ActorSigning } from "../../src/claims/index.ts";
import { HostError, messageOf } from "../../src/errors/index.ts";

/** What `--help` shows. */
export const USAGE: string = `Sign an actor module.

  npm run sign -- FILE --issuer SEEDFILE --subject SEEDFILE [options]
  npm run sign -- --generate account|module FILE

  --issuer FILE      seed of the account that signs (SA…)
  --subject FILE     seed (SM…) or public key (M…) of the actor
  --name TEXT        display name
  --cap CONTRACT     contract the actor may call, such as wasmcloud:keyvalue; repeatable
  --tag TEXT         tag; repeatable
  --alias TEXT       name under which other actors may call it
  --rev NUMBER       revision; a live update needs a higher one (default 0)
  --ver TEXT         version for people to read
  --expires WHEN     from now (90s, 45m, 12h, 30d, 2w) or an ISO date; default never
  --not-before WHEN  same; default at once
  --out FILE         default: FILE with _signed before its ending
  --as-is            sign the bytes as they are; without it they are rewritten in the form
                     that first-party wasmCloud 0.18 hosts hash, and refused if those
                     could not read them
  --generate KIND    make a new seed file instead; never overwrites one`;

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

/** What the arguments ask for. */
export type SignArguments =
  | SignCommand
  | { readonly kind: "generate"; readonly keyKind: "account" | "module"; readonly file: string }
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
  if (file === undefined || more.length > 0) throw usage(`expected one file, got ${positionals.length}`);
  if (values.generate !== undefined) return { kind: "generate", keyKind: keyKind(values.generate), file };
  const { name, alias, ver, rev, expires } = values;
  const notBefore = values["not-before"];
  return {
    kind: "sign",
    file,
    issuer: required(values.issuer, "--issuer"),
    subject: required(values.subject, "--subject"),
    claims: {
      capabilities: values.cap ?? [],
      tags: values.tag ?? [],
      revision: rev === undefined ? 0 : revision(rev),
      ...(name === undefined ? {} : { name }),
      ...(ver === undefined ? {} : { version: ver }),
      ...(alias === undefined ? {} : { callAlias: alias }),
      ...(expires === undefined ? {} : { expires: moment(expires, now, "--expires") }),
      ...(notBefore === undefined ? {} : { notBefore: moment(notBefore, now, "--not-before") }),
    },
    canonical: !values["as-is"],
    out: values.out,
    now: Math.floor(now),
  };
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

function keyKind(value: string): "account" | "module" {
  if (value === "account" || value === "module") return value;
  throw usage(`--generate makes an account or a module key, not "${value}"`);
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
