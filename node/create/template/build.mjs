// Signs provider.mjs and writes the archive that hosts start: `npm run build`.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Where weblattice is checked out. */
const weblattice = process.env.WEBLATTICE ?? "%ROOT%";
const folder = dirname(fileURLToPath(import.meta.url));
const loader = pathToFileURL(createRequire(join(weblattice, "package.json")).resolve("tsx")).href;

const { status } = spawnSync(
  process.execPath,
  [
    ...["--import", loader, join(weblattice, "node/cli/sign.ts")],
    ...["--archive", "%NAME%.par.gz", "--target", "es2022-any=provider.mjs"],
    ...[
      "--contract",
      "%CONTRACT%",
      "--vendor",
      "%VENDOR%",
      "--name",
      "%NAME%",
      "--rev",
      "1",
      "--ver",
      "0.1.0",
    ],
    // What it asks for. Whoever starts it has to grant all of this.
    ...["--storage"],
    ...["--issuer", "keys/account.seed", "--subject", "keys/provider.seed"],
  ],
  { cwd: folder, stdio: "inherit" },
);
process.exitCode = status ?? 1;
