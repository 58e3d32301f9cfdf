import { describe, expect, it } from "vitest";
import { AnswerBox, CALLS_BYTES } from "../../../src/actors/answer-box.ts";
import { CallLedger, LEDGER_CALLS } from "../../../src/actors/call-ledger.ts";

/** Both ends of what an instance and its host share. */
function ends(): Record<"host" | "worker", { ledger: CallLedger; box: AnswerBox }> {
  const shared = new SharedArrayBuffer(CALLS_BYTES);
  const end = () => ({ ledger: new CallLedger(shared), box: new AnswerBox(shared) });
  return { host: end(), worker: end() };
}

describe("the ledger of calls", () => {
  it("lets a call be begun or withdrawn, once", () => {
    const { host, worker } = ends();
    for (const call of [1, 2]) host.ledger.send(call);
    expect([worker.ledger.begin(1), host.ledger.withdraw(1), worker.ledger.begin(1)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([host.ledger.withdraw(2), worker.ledger.begin(2), host.ledger.withdraw(2)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("is not misled by a withdrawn call whose place another has taken", () => {
    const { host, worker } = ends();
    host.ledger.send(1);
    host.ledger.withdraw(1);
    host.ledger.send(1 + LEDGER_CALLS);
    expect([worker.ledger.begin(1), worker.ledger.begin(1 + LEDGER_CALLS)]).toEqual([false, true]);
  });

  it("gives consecutive calls places of their own, also where the numbers begin again", () => {
    const { host, worker } = ends();
    const calls = [2 ** 30 - 8];
    while (calls.length < LEDGER_CALLS) calls.push(CallLedger.next(calls.at(-1) ?? 0));
    expect(calls).toContain(1);
    for (const call of calls) host.ledger.send(call);
    expect(calls.map((call) => worker.ledger.begin(call))).toEqual(calls.map(() => true));
  });
});

describe("the box of answers", () => {
  it("keeps each answer until it is taken, and its bytes thereafter", () => {
    const { host, worker } = ends();
    const answers = Array.from({ length: LEDGER_CALLS }, (_, i) => new Uint8Array(i * 256).fill(i));
    for (const [i, answer] of answers.entries()) expect(worker.box.put(i + 1, answer)).toBe(true);
    const taken = answers.map((_, i) => host.box.take(i + 1));
    expect(taken).toEqual(answers);
    worker.box.put(3 + LEDGER_CALLS, Uint8Array.of(9));
    expect(taken[2]).toEqual(answers[2]);
    expect([host.box.take(3), host.box.take(3 + LEDGER_CALLS)]).toEqual([undefined, Uint8Array.of(9)]);
  });

  it("hands out bytes that are nobody else's", () => {
    const { host, worker } = ends();
    worker.box.put(1, Uint8Array.of(1));
    expect(host.box.take(1)?.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it("has no room for what is long", () => {
    const { host, worker } = ends();
    expect([worker.box.put(1, new Uint8Array(4_096)), worker.box.put(2, new Uint8Array(4_097))]).toEqual([
      true,
      false,
    ]);
    expect(host.box.take(2)).toBeUndefined();
  });

  it("has the host told once until it looks", () => {
    const { host, worker } = ends();
    expect([1, 2, 3].map(() => worker.box.ring())).toEqual([true, false, false]);
    host.box.heard();
    expect(worker.box.ring()).toBe(true);
  });
});
