import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ErrorCode, HostError } from "../../../../src/errors/index.ts";
import { problemOf } from "../../../../src/providers/http/index.ts";

/** The statuses that the documentation gives each code. */
function documented(): Map<string, number[]> {
  const text = readFileSync("docs/providers.md", "utf8");
  const section = text.slice(text.indexOf("### HTTP by actors"), text.indexOf("### HTTP in a browser"));
  const statuses = new Map<string, number[]>();
  let status = 0;
  for (const [, first = "", codes = ""] of section.matchAll(/^\| (\d*) ?\|[^|]*\|([^|]*)\|$/gm)) {
    if (first !== "") status = Number(first);
    for (const [, code = ""] of codes.matchAll(/`([^`]+)`/g))
      statuses.set(code, [...(statuses.get(code) ?? []), status]);
  }
  return statuses;
}

describe("what a failure is to a client", () => {
  it("is what the documentation says", () => {
    const errors = [...documented()].filter(([code]) => !code.startsWith("http."));
    expect(errors.length).toBeGreaterThan(30);
    for (const [code, statuses] of errors) {
      const problem = problemOf(new HostError(code as ErrorCode, "secret"));
      expect([code, statuses]).toEqual([code, expect.arrayContaining([problem.status])]);
      expect(problem.code).toBe(code);
      expect(problem.text).not.toContain("secret");
      expect(problem.retryAfter).toBe(problem.status === 503 ? 1 : undefined);
    }
  });

  it("is why a dispatcher's call failed, and an answer that is none is the actor's fault", () => {
    const reason = (code: string): HostError =>
      new HostError("dispatch.invocation_failed", "no", { details: { reason: code } });
    expect(problemOf(reason("actor.deadline"))).toMatchObject({ status: 504, code: "actor.deadline" });
    expect(problemOf(reason("constructor")).status).toBe(500);
    expect(problemOf(new HostError("provider.bad_request", "no"))).toMatchObject({
      status: 500,
      code: "http.bad_answer",
    });
    expect(problemOf(new Error("no"))).toMatchObject({ status: 500, text: "Failed to handle request" });
  });
});
