import { describe, expect, it } from "vitest";
import { type Demand, demandsWhere } from "../../conformance/providers/demand.ts";

const met = async (): Promise<void> => undefined;
const unmet = (): Promise<void> => Promise.reject(new Error("not as demanded"));
const lacks = { "all-headers": "headers are hidden" } as const;
const run = (demand: Omit<Demand<undefined>, "title">, lacking = {}) => {
  const [made] = demandsWhere(lacking, [{ title: "x", ...demand }]);
  return made?.run(undefined);
};

describe("a demand", () => {
  it("that needs something must be met where there is that, and must not where it is lacking", async () => {
    await expect(run({ needs: "all-headers", run: unmet })).rejects.toThrow("not as demanded");
    await expect(run({ needs: "all-headers", run: unmet }, lacks)).resolves.toBeUndefined();
    await expect(run({ needs: "all-headers", run: met }, lacks)).rejects.toThrow("is wrong");
  });

  it("on what is done instead must be met where something is lacking, and must not elsewhere", async () => {
    await expect(run({ without: "all-headers", run: unmet }, lacks)).rejects.toThrow("not as demanded");
    await expect(run({ without: "all-headers", run: unmet })).resolves.toBeUndefined();
    await expect(run({ without: "all-headers", run: met })).rejects.toThrow("is wrong");
  });

  it("that is not made somewhere says so in its title, with the reason", () => {
    const demands = [{ title: "x", needs: "all-headers", run: met } as const];
    expect(demandsWhere(lacks, demands).map(({ title }) => title)).toEqual([
      "x (not here: headers are hidden)",
    ]);
  });
});
