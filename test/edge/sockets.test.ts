import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EdgeTelnet } from "../../edge/providers/telnet.ts";
import { readSettings } from "../../edge/settings.ts";
import { Logger } from "../../src/telemetry/index.ts";
import { LinkedActors } from "../conformance/providers/linked-actor.ts";
import { COMPATIBILITY_DATES, type EdgeWorker, startEdgeWorker } from "../support/edge/edge-worker.ts";
import { feedTests, moreFeedTests, TOKEN } from "./sockets/feed.ts";
import { moreTerminalTests, terminalTests } from "./sockets/terminals.ts";

describe.each(COMPATIBILITY_DATES)("WebSockets at the compatibility date %s", (compatibilityDate) => {
  const isLast = compatibilityDate === COMPATIBILITY_DATES.at(-1);
  let edge: EdgeWorker;
  beforeAll(async () => {
    edge = await startEdgeWorker({ compatibilityDate, variables: { FEED_TOKEN: TOKEN } });
  });
  afterAll(() => edge.stop());

  describe("a terminal", () => {
    terminalTests(() => edge);
    if (isLast) moreTerminalTests();
  });

  describe("the feed", () => {
    feedTests(() => edge);
    if (isLast) moreFeedTests();
  });
});

describe("a link to the terminal provider", () => {
  it.each([
    { ORIGINS: "friend.example" },
    { ORIGINS: "https://friend.example/" },
    { IDLE: "0" },
    { PATH: "parrot" },
    { REPLY_FORM: "other" },
  ])("with %j is refused", (values) => {
    const provider = new EdgeTelnet({ maxSessions: 1, logger: new Logger([]) });
    const actors = new LinkedActors(provider);
    return expect(actors.link(values)).rejects.toMatchObject({ code: "link.invalid" });
  });
});

describe("a worker", () => {
  it.each([15, 257])("refuses a token of %i characters", (length) => {
    const FEED_TOKEN = "x".repeat(length);
    expect(() => readSettings({ FEED_TOKEN }, "resident")).toThrow("FEED_TOKEN must have from 16 to 256");
  });
});
