import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const run = promisify(execFile);

describe("the program in the README", () => {
  it("runs as it stands, with the built package", async () => {
    const readme = readFileSync(`${root}README.md`, "utf8");
    const [, program] = /```js\n(.*?)```/s.exec(readme) ?? [];
    const file = `${root}build/readme-program.mjs`;
    const compiler = "node_modules/typescript/bin/tsc";
    await run(process.execPath, [compiler, "-b", "src", "node"], { cwd: root, timeout: 120_000 });
    writeFileSync(file, program ?? "");
    try {
      const { stdout } = await run(process.execPath, [file], { cwd: root, timeout: 30_000 });
      expect(stdout).toBe("hello\n");
    } finally {
      await rm(file);
    }
  }, 150_000);
});
