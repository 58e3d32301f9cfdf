import { useRef, useState } from "preact/hooks";
import { asHostError } from "../../../src/errors/index.ts";
import { useSession } from "../session/session-context.ts";
import { type CallRequest, type CallResult, historyLimit } from "./call-result.ts";

/** The calls of the console. */
export interface Calls {
  /** The last ones, newest first. */
  readonly history: readonly CallResult[];
  readonly shown: CallResult | undefined;
  readonly isCalling: boolean;
  call(request: CallRequest, payload: Uint8Array): Promise<void>;
  show(result: CallResult | undefined): void;
}

/** Sends calls one at a time and remembers how they went. */
export function useCalls(): Calls {
  const { host, session } = useSession();
  const [history, setHistory] = useState<readonly CallResult[]>([]);
  const [shown, show] = useState<CallResult>();
  const [isCalling, setCalling] = useState(false);
  const lastId = useRef(0);
  const isBusy = useRef(false);

  const call = async (request: CallRequest, payload: Uint8Array): Promise<void> => {
    if (isBusy.current) return;
    isBusy.current = true;
    setCalling(true);
    show(undefined); // the last outcome is not that of this call
    const began = performance.now();
    const settle = (outcome: CallResult["outcome"], durationMs: number): void => {
      const name = session.names.nameOf(request.target);
      const result: CallResult = { id: ++lastId.current, request, name, durationMs, outcome };
      setHistory((list) => [result, ...list].slice(0, historyLimit));
      show(result);
    };
    try {
      const { reply, durationMs } = await host.call(request.target, request.operation, payload);
      settle({ ok: true, reply }, durationMs);
    } catch (error) {
      settle({ ok: false, error: asHostError(error) }, performance.now() - began);
    } finally {
      isBusy.current = false;
      setCalling(false);
      void session.refresh();
    }
  };
  return { history, shown, isCalling, call, show };
}
