import type { MessagePort, Worker } from "node:worker_threads";
import type { WorkerPort } from "../../src/index.ts";

/** A thread's channel with the interface of the Web's: Node hands over the data itself, not an event. */
export function webPort(port: MessagePort | Worker): WorkerPort {
  const wrapped = new Map<(event: MessageEvent) => void, (data: unknown) => void>();
  return {
    postMessage: (message, transfer) => port.postMessage(message, transfer as ArrayBuffer[] | undefined),
    addEventListener: (type, listener) => {
      const receive = (data: unknown): void => listener({ type, data } as MessageEvent);
      wrapped.set(listener, receive);
      port.on(type, receive);
    },
    removeEventListener: (type, listener) => {
      const receive = wrapped.get(listener);
      if (receive !== undefined) port.off(type, receive);
      wrapped.delete(listener);
    },
  };
}
