import { vi } from "vitest";
import { endEveryTest } from "./end-of-test.ts";

/** A second, as by default, is not enough on a machine that does something else too. */
const PATIENCE_MS = 10_000;
const { waitFor } = vi;
vi.waitFor = (callback, options = PATIENCE_MS) => waitFor(callback, options);

endEveryTest();
