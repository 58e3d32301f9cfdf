import { readdirSync, readFileSync } from "node:fs";
import { Log, LogLevel, Miniflare, type MiniflareOptions } from "miniflare";
import { withDeadline } from "../../../node/system/deadline.ts";
import { atProcessEnd } from "../../../node/system/process-end.ts";

/** A workerd process that never outlives a test: an endless loop in it can be ended from outside only. */
export interface Workerd {
  /** Where it serves, such as `http://127.0.0.1:8787`. */
  readonly url: string;
  readonly pid: number;
  /** Ends the process at once. */
  kill(): void;
  /** Ends it as it should end, or after 5 s anyway. Twice is fine. */
  stop(): Promise<void>;
}

/** Starts a worker on a free port of this machine. */
export async function startWorkerd(options: MiniflareOptions): Promise<Workerd> {
  const before = new Set(children());
  const miniflare = new Miniflare({
    ...options,
    host: "127.0.0.1",
    port: 0,
    cf: false,
    log: new Log(LogLevel.ERROR),
    handleRuntimeStdio: () => undefined,
  });
  const url = (await miniflare.ready).href.replace(/\/$/, "");
  const pid = children().find((child) => !before.has(child));
  if (pid === undefined) throw new Error("The process of workerd was not found.");
  const kill = (): void => {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  const withdraw = atProcessEnd(kill);
  let stopping: Promise<void> | undefined;
  return {
    url,
    pid,
    kill,
    stop: () => {
      stopping ??= withDeadline(miniflare.dispose(), 5_000, "Ending workerd").catch(kill).finally(withdraw);
      return stopping;
    },
  };
}

/** Processes of workerd that this process has started. */
function children(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        const [, name = "", rest = ""] = /\((.*)\) (.*)/s.exec(stat) ?? [];
        return name.startsWith("workerd") && Number(rest.split(" ")[1]) === process.pid;
      } catch {
        return false; // it has ended meanwhile
      }
    });
}
