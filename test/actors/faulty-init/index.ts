// Needs an answer of the actor `ponger` to start at all. For tests of host calls, and of traps, inside `wapc_init`.
import { Fields, hostCall, on, PackWriter } from "../guest";

export { __guest_call } from "../guest";

/** The call alias in the claims of the actor `ponger`. */
const PONGER = "weblattice/examples/ponger";

let learned: i32 = 0;

export function wapc_init(): void {
  const answer = hostCall(PONGER, "Ping", new PackWriter().map(1).text("value").int(0).finish());
  if (answer === null) throw new Error("cannot start without the ponger");
  const fields = new Fields(answer);
  learned = fields.i32("value");
  fields.demand();
  on("Learned", answerLearned);
}

/** What `wapc_init` was told, as `{value}`. */
function answerLearned(payload: ArrayBuffer): ArrayBuffer | null {
  return new PackWriter().map(1).text("value").int(learned).finish();
}
