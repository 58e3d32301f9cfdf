/** How a {@link DeliveryQueue} works. */
export interface DeliveryQueueOptions<T> {
  /** Hands one item over; what it rejects with is told to `onFailed`. */
  readonly deliver: (item: T) => Promise<void>;
  /** Items that may wait. */
  readonly maxItems: number;
  /** Bytes of those items. */
  readonly maxBytes: number;
  /** Items that are handed over at one time; 1 keeps their order. */
  readonly concurrency: number;
  readonly onFailed: (error: unknown) => void;
}

/** What waits for an actor. It is bounded: a slow actor costs what comes for it, not the memory of the host. */
export class DeliveryQueue<T> {
  readonly #options: DeliveryQueueOptions<T>;
  readonly #items: { readonly item: T; readonly bytes: number }[] = [];
  #bytes = 0;
  #running = 0;
  #closed = false;

  constructor(options: DeliveryQueueOptions<T>) {
    this.#options = options;
  }

  /** @returns false if there is no room, or the queue is closed: the item is dropped. */
  offer(item: T, bytes: number): boolean {
    const { maxItems, maxBytes } = this.#options;
    if (this.#closed || this.#items.length >= maxItems || this.#bytes + bytes > maxBytes) return false;
    this.#items.push({ item, bytes });
    this.#bytes += bytes;
    this.#work();
    return true;
  }

  /** Drops what waits. What is being handed over goes on. */
  close(): void {
    this.#closed = true;
    this.#items.length = 0;
    this.#bytes = 0;
  }

  #work(): void {
    while (this.#running < this.#options.concurrency) {
      const next = this.#items.shift();
      if (next === undefined) return;
      this.#bytes -= next.bytes;
      this.#running++;
      void this.#deliver(next.item);
    }
  }

  async #deliver(item: T): Promise<void> {
    try {
      await this.#options.deliver(item);
    } catch (error) {
      this.#options.onFailed(error);
    }
    this.#running--;
    this.#work();
  }
}
