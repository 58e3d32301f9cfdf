import { afterEach, describe, expect, it, vi } from "vitest";
import { TelnetProvider } from "../../../src/providers/index.ts";
import { INPUT_WINDOW, OUTPUT_WINDOW, readTarget } from "../../../web/terminal/messages.ts";
import { TerminalPort } from "../../../web/terminal/terminal-port.ts";
import { PageTerminal } from "../../../web/terminal/terminal-session.ts";
import { LinkedActors } from "../../conformance/providers/linked-actor.ts";

const channels: MessageChannel[] = [];
const providers: TelnetProvider[] = [];
afterEach(async () => {
  for (const { port1, port2 } of channels.splice(0)) {
    port1.close();
    port2.close();
  }
  for (const provider of providers.splice(0)) await provider.stop();
});

interface Line {
  readonly actors: LinkedActors;
  readonly terminal: PageTerminal;
  /** The page's port, for what no terminal would send. */
  readonly port: MessagePort;
  /** As the actor. */
  say(text: string): Promise<unknown>;
}

/** A terminal of a page, a port, and the provider behind it. */
async function openLine(): Promise<Line> {
  const channel = new MessageChannel();
  channels.push(channel);
  const provider = new TelnetProvider();
  providers.push(provider);
  const actors = new LinkedActors(provider);
  await actors.link();
  const port = new TerminalPort(channel.port2);
  const session = await provider.openSession(port);
  port.attach(session);
  const terminal = new PageTerminal(channel.port1, session);
  const say = (text: string): Promise<unknown> => actors.ask("SendText", { session: session.id, text });
  return { actors, terminal, port: channel.port1, say };
}

async function readUntil(terminal: PageTerminal, end: string): Promise<string> {
  let read = "";
  for await (const text of terminal) {
    read += text;
    if (read.endsWith(end)) break;
  }
  return read;
}

describe("a terminal session of a page", () => {
  it("carries lines to the actor, and echo and answers back in their order", async () => {
    const { actors, terminal, say } = await openLine();
    for (const key of "hi\r") terminal.write(key);
    expect((await actors.deliveries(2))[1]?.message).toEqual({ session: terminal.id, text: "hi" });
    await say("hello\r\n");
    await say("there\r\n");
    expect(await readUntil(terminal, "there\r\n")).toBe("hi\r\nhello\r\nthere\r\n");
  });

  it("takes long text in pieces", async () => {
    const { actors, terminal } = await openLine();
    const lines = Array.from({ length: 20 }, (_, n) => String(n).padEnd(1_500, "x"));
    terminal.write(`${lines.join("\r")}\r`);
    const delivered = (await actors.deliveries(21)).slice(1);
    expect(delivered.map(({ message }) => (message as { text: string }).text)).toEqual(lines);
  });

  it("refuses to take more than the host keeps up with, until it has", async () => {
    const { terminal } = await openLine();
    const much = "\u0001".repeat(INPUT_WINDOW);
    terminal.write(much);
    expect(() => terminal.write("x")).toThrow(expect.objectContaining({ code: "provider.overloaded" }));
    await vi.waitFor(() => terminal.write("x"));
  });

  it("gives a reader more output than may be under way", async () => {
    const { terminal, say } = await openLine();
    const reading = readUntil(terminal, "end");
    const piece = "x".repeat(OUTPUT_WINDOW);
    for (let n = 0; n < 6; n++) {
      await say(piece);
      // A reader that keeps up: what was sent has been taken before more comes.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await say("end");
    expect((await reading).length).toBe(6 * OUTPUT_WINDOW + 3);
  });

  it("ends when nobody reads, and hands over what had come", async () => {
    const { terminal, say } = await openLine();
    for (let n = 0; n < 7; n++) await say("x".repeat(OUTPUT_WINDOW)).catch(() => undefined);
    expect(await terminal.closed).toBe("The terminal is too slow");
    let length = 0;
    for await (const text of terminal) length += text.length;
    expect(length).toBe(2 * OUTPUT_WINDOW);
  });

  it("is told why it has ended, and takes no more", async () => {
    const { actors, terminal } = await openLine();
    await actors.unlink();
    expect(await terminal.closed).toBe("The actor is no longer linked");
    terminal.write("too late\r");
    expect(await readUntil(terminal, "never")).toBe("");
    expect(actors.delivered).toHaveLength(1);
  });

  it("ends for the actor when the page closes it, twice or not", async () => {
    const { terminal, say } = await openLine();
    terminal.close();
    terminal.close();
    expect(await terminal.closed).toBe("The session was closed");
    await vi.waitFor(() => expect(say("x")).rejects.toThrow("Socket is not present"));
  });

  it.each([
    ["nothing", null],
    ["a word", "close"],
    ["input without text", { kind: "input" }],
    ["too much input", { kind: "input", text: "x".repeat(16_385) }],
    ["a negative length", { kind: "shown", length: -1 }],
    ["another kind", { kind: "other" }],
  ])("ends at a message that is none: %s", async (_, message) => {
    const { terminal, port } = await openLine();
    port.postMessage(message);
    expect(await terminal.closed).toBe("The page sent what is no message of a terminal");
  });

  it("is opened for an actor and a link name that are text", () => {
    expect(readTarget({ actor: "MA" })).toEqual({ actor: "MA" });
    for (const target of [null, "MA", { actor: 1 }, { linkName: "x".repeat(129) }]) {
      expect(() => readTarget(target)).toThrow(expect.objectContaining({ code: "input.invalid" }));
    }
  });
});
