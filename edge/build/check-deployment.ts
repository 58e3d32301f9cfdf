import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import * as v from "valibot";
import { messageOf } from "../../src/errors/index.ts";
import { readSettings } from "../settings.ts";

/** The first compatibility date at which a promise of one request does not stop another. */
export const FIRST_COMPATIBILITY_DATE = "2024-10-14";

/** What must not lie open in a configuration file. */
const SECRETS: readonly string[] = [
  "NATS_CREDS",
  "NATS_SEED",
  "NATS_PASSWORD",
  "NATS_TOKEN",
  "HOST_SEED",
  "FEED_TOKEN",
];

const vars = v.optional(v.record(v.string(), v.unknown()), {});
const schema = v.object({
  main: v.string(),
  no_bundle: v.optional(v.boolean(), false),
  compatibility_date: v.pipe(v.string(), v.isoDate("must be a date such as 2026-04-01")),
  durable_objects: v.optional(
    v.object({ bindings: v.array(v.object({ name: v.string(), class_name: v.string() })) }),
    { bindings: [] },
  ),
  migrations: v.optional(v.array(v.object({ new_sqlite_classes: v.optional(v.array(v.string()), []) })), []),
  vars,
  env: v.optional(v.record(v.string(), v.object({ vars })), {}),
});

/**
 * Looks for what would make a deployment fail, or run and serve nothing.
 *
 * @param file - wrangler's configuration as JSON.
 * @returns what is wrong, as sentences; none if it may be deployed.
 */
export function checkDeployment(file: string): readonly string[] {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    return [`${file} cannot be read as JSON: ${messageOf(error)}`];
  }
  const parsed = v.safeParse(schema, raw);
  if (!parsed.success) {
    return parsed.issues.map((issue) => `${v.getDotPath(issue) ?? "the file"}: ${issue.message}`);
  }
  const config = parsed.output;
  const problems: string[] = [];
  const require = (isRight: boolean, problem: string): void => {
    if (!isRight) problems.push(problem);
  };
  require(existsSync(
    resolve(dirname(file), config.main),
  ), `${config.main} is not there: build the worker first`);
  require(config.no_bundle, "no_bundle must be true: the worker is built by Vite already");
  require(config.compatibility_date >=
    FIRST_COMPATIBILITY_DATE, `compatibility_date must be ${FIRST_COMPATIBILITY_DATE} or later`);
  const binding = config.durable_objects.bindings.find(({ name }) => name === "HOST_OBJECT");
  require(binding !== undefined, "durable_objects must bind HOST_OBJECT");
  const className = binding?.class_name ?? "HostObject";
  require(config.migrations.some(({ new_sqlite_classes: names }) =>
    names.includes(className),
  ), `migrations must name ${className} among new_sqlite_classes: it needs SQLite`);
  const environments = Object.entries(config.env).flatMap(([name, each]) =>
    variableProblems(`env.${name}.vars`, each.vars),
  );
  return [...problems, ...variableProblems("vars", config.vars), ...environments];
}

/** @param where - in the file. */
function variableProblems(where: string, variables: Readonly<Record<string, unknown>>): readonly string[] {
  const problems = SECRETS.filter((name) => name in variables).map(
    (name) => `${where} has ${name}, which is a secret: take it out and run wrangler secret put ${name}`,
  );
  // Secrets are elsewhere: what goes with one is not alone.
  const secrets = "NATS_JWT" in variables ? { NATS_SEED: "a secret" } : {};
  try {
    readSettings({ ...secrets, ...variables }, "resident");
  } catch (error) {
    problems.push(`${where}: ${messageOf(error)}`);
  }
  return problems;
}
