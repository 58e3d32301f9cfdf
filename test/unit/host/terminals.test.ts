import { describe, expect, it } from "vitest";
import { TELNET_PROVIDER } from "../../../src/index.ts";
import { startTestHost } from "../../support/node-host.ts";

/** A terminal that shows what is written to it. */
function terminal(): { shown: string; write(text: string): void } {
  return {
    shown: "",
    write(text) {
      this.shown += text;
    },
  };
}

/** The chat, linked to providers of terminals under two names that greet by these, and to nothing else. */
async function linkedTwice() {
  const { host, start } = await startTestHost();
  const { key: actorId } = await start("chat");
  const { id: providerId, contractId } = TELNET_PROVIDER;
  for (const linkName of ["first", "second"]) {
    await host.startProviderFrom("weblattice:telnet", linkName);
    await host.setLink({ actorId, providerId, contractId, linkName, values: { MOTD: linkName } });
  }
  return { host, actorId };
}

describe("terminals of a host", () => {
  it("are opened by the provider that is named, and fail with the actor's reason", async () => {
    const { host, actorId } = await linkedTwice();
    const io = terminal();
    // The chat cannot keep the session: it has no key-value provider.
    await expect(host.openTerminal(io, { actor: actorId, linkName: "second" })).rejects.toMatchObject({
      code: "dispatch.invocation_failed",
    });
    expect(io.shown).toBe("second");
  });

  it("need to be told which of several is meant, and one that runs", async () => {
    const { host, actorId } = await linkedTwice();
    await expect(host.openTerminal(terminal())).rejects.toMatchObject({ code: "link.not_found" });
    await expect(host.openTerminal(terminal(), { actor: actorId, linkName: "third" })).rejects.toMatchObject({
      code: "provider.not_running",
      hint: expect.stringContaining("weblattice:telnet"),
    });
    await expect(host.openTerminal(terminal(), { actor: host.id })).rejects.toMatchObject({
      code: "link.not_found",
    });
  });
});
