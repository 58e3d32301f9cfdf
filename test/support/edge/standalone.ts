import { fileURLToPath } from "node:url";
import { startOwnedProcess } from "../../../node/system/owned-process.ts";
import { makeScratchFolder } from "../../../node/system/scratch-folder.ts";

/** Runtimes beside workerd that the adapter runs on: their packages bring programs along. */
export type StandaloneRuntime = "deno" | "bun";

const PROGRAMS: Readonly<Record<StandaloneRuntime, (script: string) => readonly string[]>> = {
  deno: (script) => [
    ...["node_modules/deno/deno", "serve", "-N", "-R", "-W", "-E"],
    ...["--host", "127.0.0.1", "--port", "0", script],
  ],
  bun: (script) => ["node_modules/bun/bin/bun.exe", script],
};
const START_MS = 20_000;
const root = fileURLToPath(new URL("../../..", import.meta.url));

/** A worker that one of these runtimes serves. */
export interface StandaloneProcess {
  /** Where it serves. */
  readonly url: string;
  output(): string;
  stop(): Promise<void>;
}

/** Serves a built worker on a free port of this machine. @param directory - where it runs; default the project's. */
export async function serveStandalone(
  runtime: StandaloneRuntime,
  script: string,
  variables: Readonly<Record<string, string>>,
  directory: string = root,
): Promise<StandaloneProcess> {
  const [command = "", ...args] = PROGRAMS[runtime](script);
  const folder = makeScratchFolder(runtime);
  const child = await startOwnedProcess(root + command, args, {
    directory,
    environment: { ...process.env, NO_COLOR: "1", STATE_FOLDER: folder.path, ...variables },
  });
  const stop = async (): Promise<void> => {
    await child.stop();
    folder.remove();
  };
  const until = Date.now() + START_MS;
  let hasEnded = false;
  void child.ended.then(() => {
    hasEnded = true;
  });
  for (;;) {
    const [, port] = /https?:\/\/[^\s:]+:(\d+)/.exec(child.output()) ?? [];
    if (port !== undefined) return { url: `http://127.0.0.1:${port}`, output: child.output, stop };
    if (hasEnded || Date.now() > until) {
      await stop();
      throw new Error(`${runtime} does not serve: ${child.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
