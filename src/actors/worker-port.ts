/** One end of a worker's message channel, as both sides have it: the part of the Web's interface that is used. */
export interface WorkerPort {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  removeEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

/** A worker that was started, as the host sees it. */
export interface ActorWorkerHandle extends WorkerPort {
  /** Calls the listener when the worker can no longer be relied on: script error, failed start, exit. */
  onFailure(listener: (reason: Error) => void): void;
  /** Ends the worker at once, also in the middle of a loop. Twice is fine. */
  terminate(): void;
}

/**
 * Starts a worker that runs {@link runActorWorker} and nothing else.
 *
 * @param name - for debuggers.
 */
export type StartWorker = (name: string) => ActorWorkerHandle;
