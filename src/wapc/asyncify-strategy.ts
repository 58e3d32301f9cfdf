import { HostError, messageOf } from "../errors/index.ts";
import { AsyncifyStack } from "./asyncify-stack.ts";
import type { HostCallAnswer, HostCallRequest, HostCallStrategy, NumericFunction } from "./host-call.ts";

/**
 * The guest returns out of all its functions when it has to wait, and is called again to come back to where it was. For
 * modules made by {@link asyncifyModule}. One strategy serves one instance, one call at a time.
 *
 * @param call - answers a host call; a rejection reaches the guest as a failure.
 */
export function asyncifyStrategy(
  call: (request: HostCallRequest) => Promise<HostCallAnswer>,
): HostCallStrategy {
  const guest = new SuspendableGuest(call);
  return {
    name: "asyncify",
    attach: (exports) => guest.attach(exports),
    importFor:
      (begin, finish) =>
      (...args: number[]) =>
        guest.hostCall(() => begin(args), finish),
    exportFor:
      (fn) =>
      (...args: number[]) =>
        guest.enter(fn, args),
  };
}

class SuspendableGuest {
  readonly #call: (request: HostCallRequest) => Promise<HostCallAnswer>;
  #stack: AsyncifyStack | undefined;
  /** What the guest waits for, from the moment it starts to unwind. */
  #pending: Promise<HostCallAnswer> | undefined;
  /** What the guest is told when it has come back to its host call. */
  #answer: HostCallAnswer | undefined;

  constructor(call: (request: HostCallRequest) => Promise<HostCallAnswer>) {
    this.#call = call;
  }

  attach(exports: Readonly<Record<string, unknown>>): void {
    this.#stack = new AsyncifyStack(exports);
  }

  hostCall(begin: () => HostCallRequest, finish: (answer: HostCallAnswer) => number): number {
    const stack = this.#attached();
    const answer = this.#answer;
    if (answer !== undefined) {
      this.#answer = undefined;
      stack.stopRewind();
      return finish(answer);
    }
    const pending = this.#call(begin()).catch((error) => ({ ok: false as const, message: messageOf(error) }));
    stack.startUnwind();
    this.#pending = pending;
    // Nobody sees this result: the guest is on its way out.
    return 0;
  }

  enter(fn: NumericFunction, args: readonly number[]): number | Promise<number> {
    this.#pending = this.#answer = undefined;
    const result = this.#run(fn, args);
    return this.#pending === undefined ? result : this.#wait(this.#pending, fn, args);
  }

  async #wait(first: Promise<HostCallAnswer>, fn: NumericFunction, args: readonly number[]): Promise<number> {
    const stack = this.#attached();
    let pending: Promise<HostCallAnswer> | undefined = first;
    let result = 0;
    while (pending !== undefined) {
      stack.stopUnwind();
      this.#pending = undefined;
      this.#answer = await pending;
      stack.startRewind();
      result = this.#run(fn, args);
      pending = this.#pending;
    }
    return result;
  }

  #run(fn: NumericFunction, args: readonly number[]): number {
    try {
      return fn(...args);
    } catch (error) {
      if (this.#pending === undefined) throw error;
      // While a guest unwinds it does nothing but save its stack.
      throw new HostError("guest.stack_too_deep", "The guest's stack is too deep to wait in a host call", {
        hint: "Let the guest make host calls from less nested functions, or use an engine with promise integration.",
        cause: error,
      });
    }
  }

  /** A start section runs before the exports are known. */
  #attached(): AsyncifyStack {
    if (this.#stack !== undefined) return this.#stack;
    throw new WebAssembly.RuntimeError("called before the guest was ready");
  }
}
