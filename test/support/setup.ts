import { endEveryTest } from "./end-of-test.ts";

endEveryTest();
