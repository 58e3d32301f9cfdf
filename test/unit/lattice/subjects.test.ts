import { describe, expect, test } from "vitest";
import { HostError } from "../../../src/errors/index.ts";
import { latticeSubjects, queueGroupOf } from "../../../src/lattice/index.ts";
import {
  checkPublishSubject,
  checkQueueGroup,
  checkSubscribeSubject,
} from "../../../src/lattice/subject-syntax.ts";

describe("subjects of a lattice", () => {
  test("are those of the protocol", () => {
    const subjects = latticeSubjects();
    expect([
      subjects.actor("MA"),
      subjects.provider("VA", "default"),
      subjects.claims,
      subjects.links,
      subjects.removedLinks,
      subjects.events,
      subjects.actorAuction,
      subjects.providerAuction,
      subjects.command("NA", "la"),
      subjects.command("NA", "upd"),
      subjects.getHosts,
      subjects.getClaims,
      subjects.getLinks,
      subjects.inventory("NA"),
    ]).toEqual([
      "wasmbus.rpc.default.MA",
      "wasmbus.rpc.default.VA.default",
      "wasmbus.rpc.default.claims",
      "wasmbus.rpc.default.links",
      "wasmbus.rpc.default.remlinks",
      "wasmbus.ctl.default.events",
      "wasmbus.ctl.default.auction.actor",
      "wasmbus.ctl.default.auction.provider",
      "wasmbus.ctl.default.cmd.NA.la",
      "wasmbus.ctl.default.cmd.NA.upd",
      "wasmbus.ctl.default.get.hosts",
      "wasmbus.ctl.default.get.claims",
      "wasmbus.ctl.default.get.links",
      "wasmbus.ctl.default.get.NA.inv",
    ]);
  });

  test("carry the namespace", () => {
    expect(latticeSubjects("my_ns-1").actor("MA")).toBe("wasmbus.rpc.my_ns-1.MA");
    expect(latticeSubjects("my_ns-1").getHosts).toBe("wasmbus.ctl.my_ns-1.get.hosts");
  });

  test.each(["", "a.b", "a b", "*", ">", "ä", "a\r\nPUB x 0", "x".repeat(129)])(
    "cannot be made with %j",
    (bad) => {
      expect(() => latticeSubjects(bad)).toThrow(HostError);
      expect(() => latticeSubjects().actor(bad)).toThrow("cannot be part of a subject");
      expect(() => latticeSubjects().provider("V", bad)).toThrow("cannot be part of a subject");
      expect(() => latticeSubjects().command(bad, "la")).toThrow("cannot be part of a subject");
      expect(() => latticeSubjects().inventory(bad)).toThrow("cannot be part of a subject");
    },
  );

  test("name their queue groups", () => {
    expect(queueGroupOf("wasmbus.rpc.default.MA")).toBe("wasmbus.rpc.default.MA");
  });
});

describe("the syntax of subjects", () => {
  test.each(["a", "a.b-c._d", "_INBOX.abc.1", "$JS.API"])("%s can be sent to and subscribed", (subject) => {
    checkPublishSubject(subject);
    checkQueueGroup(subject);
    checkSubscribeSubject(subject);
  });

  test.each(["*", ">", "a.*", "a.*.b", "a.>", "*.>"])("%s can only be subscribed", (subject) => {
    checkSubscribeSubject(subject);
    expect(() => checkPublishSubject(subject)).toThrow("not a valid subject");
    expect(() => checkQueueGroup(subject)).toThrow("not a valid subject");
  });

  test.each(["", ".", "a.", ".a", "a..b", "a b", "a\tb", "a\r\nPUB b 0\r\n", ">.a", "a.>.b", "a*"])(
    "%j is refused",
    (subject) => {
      expect(() => checkPublishSubject(subject)).toThrow(HostError);
      expect(() => checkSubscribeSubject(subject)).toThrow(HostError);
    },
  );
});
