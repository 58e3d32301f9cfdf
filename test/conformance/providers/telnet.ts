import type { SessionEnd, TelnetIo, TelnetProvider } from "../../../src/providers/index.ts";
import { type Demand, refused, same } from "./demand.ts";
import { LinkedActors } from "./linked-actor.ts";

/** Makes a provider of `wasmcloud:telnet` that takes only so many sessions of an actor, and so much output. */
export type OpenTelnet = (options: {
  readonly maxSessions: number;
  readonly maxOutput: number;
}) => TelnetProvider;

/** A terminal that shows what is written to it. */
class Terminal implements TelnetIo {
  shown = "";
  ended: string | undefined;
  end: string | undefined;

  async write(text: string): Promise<void> {
    await Promise.resolve();
    this.shown += text;
  }

  closed(reason: string, end: SessionEnd): void {
    this.ended = reason;
    this.end = end;
  }

  async shows(text: string): Promise<void> {
    for (let round = 0; round < 500 && this.shown !== text; round++) await pause();
    same(this.shown, text);
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));

const demand = (
  title: string,
  run: (actors: LinkedActors, provider: TelnetProvider) => Promise<void>,
): Demand<OpenTelnet> => ({
  title,
  run: async (open) => {
    const provider = open({ maxSessions: 3, maxOutput: 10_000 });
    try {
      await run(new LinkedActors(provider), provider);
    } finally {
      await provider.stop();
    }
  },
});

const lines = (actors: LinkedActors): unknown[] =>
  actors.delivered
    .filter(({ operation }) => operation === "ReceiveText")
    .map(({ message }) => (message as { text: string }).text);

/** What every provider of `wasmcloud:telnet` must do. */
export const telnetDemands: readonly Demand<OpenTelnet>[] = [
  demand("a session greets, is told to the actor, and carries text both ways", async (actors, provider) => {
    await actors.link({ MOTD: "Hello\nthere\n" });
    const terminal = new Terminal();
    const session = await provider.openSession(terminal);
    same(actors.delivered, [{ actor: "MA", operation: "SessionStarted", message: { session: session.id } }]);
    same(/^[0-9a-f]{8}-[0-9a-f]{4}-4/.test(session.id), true);
    session.receive("hi\r");
    same((await actors.deliveries(2))[1], {
      actor: "MA",
      operation: "ReceiveText",
      message: { session: session.id, text: "hi" },
    });
    same(await actors.ask("SendText", { session: session.id, text: "you said hi\r\n" }), {
      success: true,
      error: null,
    });
    await terminal.shows("Hello\n\rthere\n\rhi\r\nyou said hi\r\n");
  }),
  demand("keys are echoed, the last is deleted, and a line ends with a return", async (actors, provider) => {
    await actors.link();
    const terminal = new Terminal();
    const session = await provider.openSession(terminal);
    for (const key of [
      "a",
      "b",
      "\u007f",
      "c",
      "\0",
      "\u001b",
      "é",
      "🙂",
      "\u001b[A",
      "\u001bOP",
      "\u0007",
      "\r",
    ]) {
      session.receive(key);
    }
    session.receive("\u007fpasted\r\nlines\nof text\r\0");
    await actors.deliveries(5);
    same(lines(actors), ["aé🙂", "pasted", "lines", "of text"]);
    await terminal.shows("ab\b \bc\b \bé🙂\r\npasted\r\nlines\r\nof text\r\n");
  }),
  demand("a line has only so many characters", async (actors, provider) => {
    await actors.link();
    const session = await provider.openSession({ write: () => undefined });
    session.receive(`${"x".repeat(5_000)}\r`);
    await actors.deliveries(2);
    same(String(lines(actors)[0]).length, 4_096);
  }),
  demand("older guests get a bare boolean, if their link says so", async (actors, provider) => {
    await actors.link({ REPLY_FORM: "bare" });
    const { id } = await provider.openSession(new Terminal());
    same(await actors.ask("SendText", { session: id, text: "x" }), true);
    await refused(actors.link({ REPLY_FORM: "other" }), "link.invalid");
  }),
  demand("sessions belong to their actor, and are gone when they end", async (actors, provider) => {
    await actors.link();
    await actors.link({}, "MB");
    const terminal = new Terminal();
    const session = await provider.openSession(terminal, "MA");
    const gone = `Socket is not present for session ${session.id}`;
    await refused(actors.ask("SendText", { session: session.id, text: "x" }, "MB"), "provider.failure", gone);
    session.close();
    session.close();
    session.receive("too late\r");
    await refused(actors.ask("SendText", { session: session.id, text: "x" }), "provider.failure", gone);
    same(terminal.ended, "The session was closed");
    same(lines(actors), []);
    same(terminal.shown, "");
  }),
  demand("an actor that does not take a session ends that one alone", async (actors, provider) => {
    await actors.link();
    const kept = new Terminal();
    const session = await provider.openSession(kept);
    actors.answer = ({ operation }) => {
      if (operation === "SessionStarted") throw new Error("not today");
      return true;
    };
    const terminal = new Terminal();
    const failed = await provider.openSession(terminal).catch((error: unknown) => String(error));
    same(failed, "Error: not today");
    same(terminal.ended, "The actor did not take the session: not today");
    session.receive("still here\r");
    await actors.deliveries(3);
    same(lines(actors), ["still here"]);
  }),
  demand(
    "a line that the actor does not take is said to be lost, and the next one goes",
    async (actors, provider) => {
      await actors.link();
      const terminal = new Terminal();
      const session = await provider.openSession(terminal);
      actors.answer = () => {
        if (lines(actors).length === 1) throw new Error("no");
        return null;
      };
      session.receive("1\r2\r");
      await actors.deliveries(3);
      same(lines(actors), ["1", "2"]);
      await terminal.shows("1\r\n2\r\n[The actor did not take this line]\r\n");
    },
  ),
  demand("lines reach the actor one after the other, and only so many wait", async (actors, provider) => {
    await actors.link();
    let written = "";
    const write = (text: string): void => {
      written += text;
    };
    const session = await provider.openSession({ write });
    let letGo = (): void => undefined;
    const gate = new Promise<null>((resolve) => {
      letGo = () => resolve(null);
    });
    actors.answer = () => gate;
    for (let n = 0; n < 70; n++) session.receive(`${n}\r`);
    for (let round = 0; round < 100 && !written.includes("busy"); round++) await pause();
    same(lines(actors), ["0"]);
    letGo();
    await actors.deliveries(66);
    same(lines(actors).length, 65);
    same(written.split("[The actor is busy: this line is lost]").length - 1, 5);
  }),
  demand("a terminal that is too slow or gone ends its session", async (actors, provider) => {
    await actors.link();
    const endings: string[] = [];
    const closed = (reason: string): void => void endings.push(reason);
    const slow = await provider.openSession({ write: () => new Promise<void>(() => undefined), closed });
    await actors.ask("SendText", { session: slow.id, text: "x" });
    await actors.ask("SendText", { session: slow.id, text: "x".repeat(10_001) });
    const gone = await provider.openSession({ write: () => Promise.reject(new Error("gone")), closed });
    await actors.ask("SendText", { session: gone.id, text: "x" });
    for (let round = 0; round < 100 && endings.length < 2; round++) await pause();
    same(endings, ["The terminal is too slow", "The terminal is gone"]);
  }),
  demand("an actor has only so many sessions, and none without a link", async (actors, provider) => {
    await refused(provider.openSession(new Terminal()), "link.not_found");
    await actors.link();
    const terminals = [new Terminal(), new Terminal(), new Terminal()];
    const sessions = [];
    for (const terminal of terminals) sessions.push(await provider.openSession(terminal));
    await refused(provider.openSession(new Terminal()), "provider.overloaded");
    sessions[0]?.close();
    await provider.openSession(new Terminal());
    await actors.unlink();
    same(
      terminals.map(({ ended }) => ended),
      ["The session was closed", "The actor is no longer linked", "The actor is no longer linked"],
    );
    await refused(provider.openSession(new Terminal(), "MA"), "link.not_found");
  }),
  demand(
    "the sessions of a stopped actor end, those of others go on, and new ones may be opened",
    async (actors, provider) => {
      await actors.link();
      await actors.link({}, "MB");
      const terminals = [new Terminal(), new Terminal()] as const;
      await provider.openSession(terminals[0], "MA");
      const other = await provider.openSession(terminals[1], "MB");
      provider.endSessions("MA");
      same(
        [terminals[0].ended, terminals[0].end, terminals[1].end],
        ["The actor was stopped", "stopped", undefined],
      );
      same((await provider.openSession(new Terminal(), "MA")).actor, "MA");
      other.close();
      same(terminals[1].end, "closed");
    },
  ),
  demand("of several actors, the one that is meant must be named", async (actors, provider) => {
    await actors.link();
    await actors.link({}, "MB");
    await refused(provider.openSession(new Terminal()), "link.not_found");
    same(provider.actors, ["MA", "MB"]);
    same((await provider.openSession(new Terminal(), "MB")).actor, "MB");
  }),
  demand("malformed links, wrong payloads and unknown operations are refused", async (actors) => {
    for (const PORT of ["telnet", "65536", "-1"]) await refused(actors.link({ PORT }), "link.invalid");
    await actors.link({ PORT: "3000" });
    await refused(
      actors.ask("SendText", { session: "s" }),
      "provider.bad_request",
      /^Failed to de-serialize: /,
    );
    await refused(actors.ask("ReceiveText", {}), "provider.unknown_operation", "bad dispatch");
  }),
];
