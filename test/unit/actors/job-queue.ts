import { CallQueue, type QueuedCall } from "../../../src/actors/call-queue.ts";
import type { HostError } from "../../../src/errors/index.ts";

type Job = () => Promise<string>;

/** A job that waits or runs in a {@link JobQueue}. */
class JobCall implements QueuedCall {
  turn = 0;
  startBy = 0;
  constructor(
    readonly run: Job,
    readonly maxWaitMs: number,
    readonly resolve: (result: string) => void,
    readonly reject: (reason: HostError) => void,
  ) {}

  withdraw(): boolean {
    return false;
  }
}

/** A call queue in front of nothing but jobs, so many at a time. */
export class JobQueue {
  readonly queue: CallQueue<JobCall>;
  #running = 0;

  constructor({ limit, parallel }: { readonly limit: number; readonly parallel: number }) {
    this.queue = new CallQueue<JobCall>({
      limit,
      parallel,
      hasRoom: () => this.#running < parallel,
      start: (call) => void this.#run(call),
    });
  }

  get length(): number {
    return this.queue.length;
  }

  add(run: Job, maxWaitMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.queue.add(new JobCall(run, maxWaitMs, resolve, reject));
    });
  }

  close(reason: HostError): void {
    this.queue.close(reason);
  }

  whenIdle(maxWaitMs: number): Promise<void> {
    return this.queue.whenIdle(maxWaitMs);
  }

  async #run(call: JobCall): Promise<void> {
    this.#running++;
    this.queue.begun(call);
    await call.run().then(call.resolve, call.reject);
    this.#running--;
    this.queue.finished(call);
    this.queue.next();
  }
}
