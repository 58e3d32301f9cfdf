import { parseArgs } from "node:util";
import { HostError, messageOf } from "../../src/errors/index.ts";
import { type ImageKind, type ImageReference, parseImageReference } from "../../src/registry/index.ts";

/** What `--help` shows. */
export const USAGE: string = `Push an actor module or a provider archive to a registry.

  npm run push -- FILE REFERENCE [options]

  REFERENCE          registry.example.com/team/echo:0.3.2
  --insecure         reach the registry by plain http
  --kind KIND        actor or provider; default: what the file holds

  OCI_REGISTRY_USER and OCI_REGISTRY_PASSWORD log in, where both are set.`;

/** A request to push. */
export interface PushCommand {
  readonly kind: "push";
  readonly file: string;
  readonly reference: ImageReference;
  readonly insecure: boolean;
  /** What the file is said to hold. */
  readonly holds: ImageKind | undefined;
}

/**
 * Understands the arguments of the pushing tool.
 * @throws HostError `input.invalid`, `registry.invalid_reference`
 */
export function parsePushArguments(args: readonly string[]): PushCommand | { readonly kind: "help" } {
  const { values, positionals } = parse(args);
  if (values.help) return { kind: "help" };
  const [file, reference, ...more] = positionals;
  if (file === undefined || reference === undefined || more.length > 0) {
    throw usage(`expected a file and a reference, got ${positionals.length} arguments`);
  }
  const { kind: holds, insecure } = values;
  if (holds !== undefined && holds !== "actor" && holds !== "provider") {
    throw usage(`--kind is actor or provider, not "${holds}"`);
  }
  return { kind: "push", file, reference: parseImageReference(reference), insecure, holds };
}

function parse(args: readonly string[]) {
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { insecure: flag, kind: { type: "string" }, help: { ...flag, short: "h" } },
    });
  } catch (error) {
    throw usage(messageOf(error));
  }
}

function usage(message: string): HostError {
  return new HostError("input.invalid", message);
}
