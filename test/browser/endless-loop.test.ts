import { encode } from "@msgpack/msgpack";
import { testActor } from "../support/actors.ts";
import { joinByDialog, sendCall } from "../support/browser/steps.ts";
import { expect, test } from "../support/browser/test.ts";

const faulty = testActor("faulty").key;
const echo = testActor("echo").key;
const callDeadlineMs = 2_500;

test("an endless loop ends at its deadline while others are answered", async ({ openTab }) => {
  const tab = await openTab({ query: { callDeadlineMs } });
  const { page } = tab;
  await tab.startActors("faulty", "echo");
  const row = page.getByTestId(`actor-${faulty}`);

  const began = Date.now();
  await sendCall(page, { target: faulty, operation: "Spin" });
  const numbers = Array.from({ length: 20 }, (_, number) => number);
  expect(await Promise.all(numbers.map((number) => tab.call(echo, "Echo", number)))).toEqual(numbers);
  await expect(row).toContainText(/pending\s*1/);
  const error = page.getByTestId("call-error");
  await expect(error).toBeHidden();

  await expect(error).toContainText("The actor did not answer before its deadline and was restarted");
  expect(Date.now() - began).toBeGreaterThan(callDeadlineMs - 100);

  await sendCall(page, { target: faulty, operation: "Fail", payload: { text: "I am back" } });
  await expect(error).toContainText("I am back");
  await expect(row).toContainText(/restarts\s*1/);
  await expect(row).toContainText(/failed\s*2/);
  const log = page.getByTestId("event-log");
  await expect(log.getByRole("listitem").filter({ hasText: "Faulty failed" })).toContainText(
    "actor.deadline",
  );
  expect(await tab.actorWorkers()).toHaveLength(2);
});

test("a caller on the lattice hears of it, and the next call works", async ({ nats, openTab, peer }) => {
  const tab = await openTab({ query: { callDeadlineMs: 500 } });
  await tab.startActors("faulty");
  await joinByDialog(tab.page, nats.webSocketUrl);

  expect((await peer.call(faulty, "Spin")).error).toContain("did not answer before its deadline");
  expect(await peer.call(faulty, "Grow", encode({ pages: 0 }))).not.toHaveProperty("error");
});

test("a guest that waits for one in a loop is answered before its own deadline", async ({ openTab }) => {
  const tab = await openTab({ query: { callDeadlineMs } });
  const pinger = testActor("pinger").key;
  await tab.startActors("faulty", "pinger", "ponger");
  const spinning = tab.ask(faulty, "Spin");

  const answer = await tab.ask(pinger, "PingVia", { target: faulty, value: 1 });

  expect(answer).toMatchObject({ ok: false, code: "dispatch.invocation_failed" });
  expect(await spinning).toMatchObject({ ok: false });
  const target = "weblattice/examples/ponger";
  expect(await tab.call(pinger, "PingVia", { target, value: 1 })).toEqual({ value: 43 });
  expect(await tab.actor("pinger")).toMatchObject({ restarts: 0 });
});

test("traps, deep recursion and wrong pointers cost one call each", async ({ tab }) => {
  await tab.startActors("faulty");
  for (const operation of ["Trap", "Recurse", "BadPointer"]) {
    expect(await tab.ask(faulty, operation)).toMatchObject({ ok: false, code: "dispatch.invocation_failed" });
    expect(await tab.call(faulty, "Grow", { pages: 0 })).toMatchObject({ grown: 0 });
  }
  expect(await tab.actor("faulty")).toMatchObject({ calls: 6, failures: 3, restarts: 3 });
  expect(await tab.actorWorkers()).toHaveLength(1);
});
