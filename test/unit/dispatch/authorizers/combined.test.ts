import { describe, expect, it } from "vitest";
import { ALLOW_ALL, type Authorizer, allOf, anyOf } from "../../../../src/dispatch/index.ts";
import { claimsOf, STORE } from "../dispatcher-setting.ts";

const CLAIMS = claimsOf("MA");
type Answer = boolean | Error;

/** An authorizer that answers like this, and notes what it is asked. */
function answering(answer: Answer, asked: unknown[][] = []): Authorizer {
  const decide = async (...question: unknown[]): Promise<boolean> => {
    asked.push(question);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { canLoad: decide, canInvoke: decide };
}

const questions: [string, (authorizer: Authorizer) => boolean | Promise<boolean>, unknown[]][] = [
  ["loading", (authorizer) => authorizer.canLoad(CLAIMS), [CLAIMS]],
  ["calling", (authorizer) => authorizer.canInvoke(CLAIMS, STORE, "Get"), [CLAIMS, STORE, "Get"]],
];
const FAILURE = new Error("first");

describe.each(questions)("of several authorizers, for %s", (_what, ask, question) => {
  /** The decision or the error's text, and how many were asked. */
  async function outcome(combine: typeof allOf, answers: readonly Answer[]): Promise<[unknown, number]> {
    const asked: unknown[][] = [];
    const authorizer = combine(...answers.map((answer) => answering(answer, asked)));
    try {
      return [await ask(authorizer), asked.length];
    } catch (error) {
      return [error, asked.length];
    }
  }

  it.each<[string, Answer[], unknown, number]>([
    ["none", [], true, 0],
    ["all say yes", [true, true], true, 2],
    ["the first says no", [false, true], false, 1],
    ["the last says no", [true, false], false, 2],
    ["one fails", [true, FAILURE, true], FAILURE, 2],
    ["one says no before one fails", [false, FAILURE], false, 1],
  ])("all must agree: %s", async (_case, answers, decision, asked) => {
    expect(await outcome(allOf, answers)).toEqual([decision, asked]);
  });

  it.each<[string, Answer[], unknown, number]>([
    ["none", [], false, 0],
    ["the first says yes", [true, false], true, 1],
    ["the last says yes", [false, true], true, 2],
    ["all say no", [false, false], false, 2],
    ["one fails before one says yes", [FAILURE, true], true, 2],
    ["some fail and the rest say no", [FAILURE, false, new Error("second")], FAILURE, 3],
  ])("one must agree: %s", async (_case, answers, decision, asked) => {
    expect(await outcome(anyOf, answers)).toEqual([decision, asked]);
  });

  it.each([allOf, anyOf])("each is asked the whole question", async (combine) => {
    const asked: unknown[][] = [];
    await ask(combine(answering(true, asked)));
    expect(asked).toEqual([question]);
  });

  it("an answer that is no promise counts as well", async () => {
    const no: Authorizer = { canLoad: () => false, canInvoke: () => false };
    expect(await ask(allOf(ALLOW_ALL, no))).toBe(false);
    expect(await ask(anyOf(no, ALLOW_ALL))).toBe(true);
  });

  it("combinations can be combined", async () => {
    expect(await ask(allOf(anyOf(answering(false), answering(true)), allOf(answering(true))))).toBe(true);
  });
});
