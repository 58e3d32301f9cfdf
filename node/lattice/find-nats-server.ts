import { homedir } from "node:os";
import { join } from "node:path";
import { findCommand } from "../system/find-command.ts";

/** Folders beside PATH where a nats-server is usually installed; Debian's lies in an sbin folder. */
export const natsServerFolders: readonly string[] = [
  "/usr/sbin",
  "/usr/local/sbin",
  "/sbin",
  "/usr/local/bin",
  join(homedir(), "go", "bin"),
];

/** The path of a nats-server on this machine, if there is one. */
export function findNatsServer(): string | undefined {
  return findCommand("nats-server", natsServerFolders);
}
