import { useEffect, useState } from "preact/hooks";

/** A value that tells when it changes. */
export class Observable<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls the listener after every change until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The current value; the component is drawn again when it changes. */
export function useObservable<T>(source: Observable<T>): T {
  const [, redraw] = useState<unknown>(source.value);
  useEffect(() => {
    const update = (): void => redraw(() => source.value);
    update(); // it may have changed between drawing and now
    return source.subscribe(update);
  }, [source]);
  return source.value;
}
