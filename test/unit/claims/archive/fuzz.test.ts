import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readProviderArchive } from "../../../../src/claims/index.ts";
import { mutated, numbers, survives } from "../mutations.ts";
import { archive, NOW, TARGETS } from "./archives.ts";

const ROUNDS = 1_000;

describe("whatever the bytes of an archive", () => {
  it("claims and targets are as they were signed, or it is refused", async () => {
    await survives(await archive(), ROUNDS, async (bytes) => {
      const { claims, targets } = await readProviderArchive(bytes, { now: NOW });
      expect(claims.vendor).toBe("Acme");
      for (const [target, data] of targets) expect(data).toEqual(TARGETS.get(target));
    });
  });

  it("compressed archives fail in no other way", async () => {
    const accepted = await survives(await archive({ compress: true }), ROUNDS, async (bytes) => {
      const { targets } = await readProviderArchive(bytes, { now: NOW, maxUnpackedBytes: 1_000_000 });
      for (const [target, data] of targets) expect(data).toEqual(TARGETS.get(target));
    });
    expect(accepted).toBeLessThan(ROUNDS / 5);
  });

  it("nor do archives that were changed before they were compressed", async () => {
    const bytes = await archive();
    const next = numbers(7);
    await survives(bytes, ROUNDS / 5, async () => {
      await readProviderArchive(gzipSync(mutated(bytes, next)), { now: NOW });
    });
  });
});
