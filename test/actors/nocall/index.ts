// A signed module that is no actor: it has a memory and `wapc_init`, but no `__guest_call`. Hosts must refuse it.
import { consoleLog } from "../guest";

export function wapc_init(): void {
  consoleLog("nocall: nobody should run this");
}
