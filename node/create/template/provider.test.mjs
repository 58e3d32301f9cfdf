import assert from "node:assert/strict";
import { test } from "node:test";
import makeProvider, { decode, encode } from "./provider.mjs";

const ACTOR = `M${"A".repeat(55)}`;

/** A provider with a store in memory. */
function started() {
  const values = new Map();
  const provider = makeProvider({
    storage: {
      get: async (key) => values.get(key),
      set: async (key, value) => void values.set(key, value),
    },
  });
  return async (operation, message, actor = ACTOR) => {
    const answer = await provider.handleCall(actor, operation, encode(message));
    return answer === undefined ? undefined : decode(answer);
  };
}

test("it is well", async () => {
  const call = started();
  assert.deepEqual(await call("HealthRequest", { placeholder: true }, "system"), {
    healthy: true,
    message: "",
  });
});

test("it greets as the link says, and counts", async () => {
  const call = started();
  assert.deepEqual(await call("Greet", { name: "Ada" }), { greeting: "Hello, Ada!", count: 1 });
  await call("BindActor", { module: ACTOR, values: { GREETING: "Good morning" } }, "system");
  assert.deepEqual(await call("Greet", { name: "Ada" }), { greeting: "Good morning, Ada!", count: 2 });
  await call("RemoveActor", { module: ACTOR, values: {} }, "system");
  assert.deepEqual(await call("Greet", { name: "Ada" }), { greeting: "Hello, Ada!", count: 3 });
});

test("it refuses what it does not know", async () => {
  await assert.rejects(started()("Shout", {}), /bad dispatch/);
});

test("messages come back as they went", () => {
  const message = {
    text: "é".repeat(40),
    bytes: Uint8Array.of(1, 255),
    list: Array(20).fill(300),
    yes: true,
    none: undefined,
  };
  assert.deepEqual(decode(encode(message)), message);
});
