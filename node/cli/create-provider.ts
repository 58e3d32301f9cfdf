import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { HostError, messageOf } from "../../src/errors/index.ts";
import { createProvider, type NewProvider } from "../create/create-provider.ts";
import type { SignOutput } from "./sign.ts";

const USAGE = `Make a folder with a portable provider, a test of it, its keys, and a script that signs it.

  npm run create-provider -- NAME [options]

  NAME             of the folder: small letters, digits and -
  --contract ID    contract it fulfils (default example:NAME)
  --vendor TEXT    who offers it (default Example)
  --in FOLDER      where the folder is made (default here)`;

const DONE = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

/**
 * The tool that begins a provider: `npm run create-provider -- …`.
 * @param here the folder that it was called from
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage
 */
export async function runCreateProvider(
  args: readonly string[],
  here: string,
  output: SignOutput,
): Promise<number> {
  try {
    const provider = parse(args, here);
    if (provider === undefined) {
      output.out(USAGE);
      return DONE;
    }
    const { folder, key } = await createProvider(provider);
    output.out(`provider ${key}`);
    output.out(`folder   ${folder}`);
    output.out(`next     cd ${relative(here, folder)} && npm test && npm run build`);
    return DONE;
  } catch (error) {
    output.err(`create-provider: ${messageOf(error)}`);
    if (error instanceof HostError && error.hint !== undefined) output.err(`      ${error.hint}`);
    return error instanceof HostError && error.code === "input.invalid" ? WRONG_USAGE : FAILED;
  }
}

/** @returns undefined for a call for help. */
function parse(args: readonly string[], here: string): NewProvider | undefined {
  const string = { type: "string" } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        contract: string,
        vendor: string,
        in: string,
        help: { type: "boolean", default: false, short: "h" },
      },
    });
    if (values.help) return undefined;
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0)
      throw new Error(`expected one name, got ${positionals.length}`);
    const { contract = `example:${name}`, vendor = "Example", in: parent = here } = values;
    return { name, parent, contract, vendor };
  } catch (error) {
    throw new HostError("input.invalid", messageOf(error), {
      hint: "`npm run create-provider -- --help` lists the options.",
    });
  }
}

const [, script] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(script).href) {
  // npm runs its scripts in the package's own folder.
  const here = process.env["INIT_CWD"] ?? process.cwd();
  process.exitCode = await runCreateProvider(process.argv.slice(2), here, {
    out: (line) => console.log(line),
    err: (line) => console.error(line),
  });
}
