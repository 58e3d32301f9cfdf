import { afterEach } from "vitest";

const ends: (() => Promise<unknown>)[] = [];

/** Has something closed when the test that runs now is over, passed or not. */
export function atEndOfTest(end: () => Promise<unknown>): void {
  ends.push(end);
}

/** For the setup file alone: files share modules, and a hook counts only for the file that sets it. */
export function endEveryTest(): void {
  afterEach(async () => {
    await Promise.all(ends.splice(0).map((end) => end()));
  });
}
