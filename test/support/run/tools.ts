import { natsServerFolders } from "../../../node/lattice/find-nats-server.ts";
import { ensureCommand, type NeededCommand } from "../../../node/system/debian-packages.ts";
import { HostError } from "../../../src/errors/index.ts";
import { chromiumCommand } from "../chromium.ts";
import { dockerRegistryCommand } from "../docker-registry.ts";
import type { Tool } from "./steps.ts";

const commands: Readonly<Record<Tool, NeededCommand>> = {
  chromium: chromiumCommand,
  "docker-registry": dockerRegistryCommand,
  "nats-server": {
    command: "nats-server",
    debianPackage: "nats-server",
    folders: natsServerFolders,
    elsewhere: "a package manager or https://nats.io/download, then put it on PATH",
  },
};

/** Makes sure that the tools are there, installing what can be installed. Returns what is missing, as sentences. */
export async function ensureTools(tools: Iterable<Tool>): Promise<string[]> {
  const missing: string[] = [];
  for (const tool of tools) {
    try {
      await ensureCommand(commands[tool]);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      missing.push(`${error.message} ${error.hint ?? ""}`.trim());
    }
  }
  return missing;
}
