/** What one side of a comparison did in one round. */
export interface Figures {
  readonly calls: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** How a round is driven. */
export interface Round {
  /** Calls that wait for their answers at any time. */
  readonly inFlight: number;
  readonly ms: number;
  /** Ends the round early when it says no. */
  readonly hasMore?: () => boolean;
}

/** Calls again and again for the given time. A call that fails ends the benchmark: its speed would mean nothing. */
export async function drive(call: () => Promise<unknown>, round: Round): Promise<Figures> {
  const { inFlight, ms, hasMore = () => true } = round;
  const latencies: number[] = [];
  const started = performance.now();
  const end = started + ms;
  const loop = async (): Promise<void> => {
    for (let before = started; before < end && hasMore(); ) {
      await call();
      const now = performance.now();
      latencies.push(now - before);
      before = now;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  return {
    calls: latencies.length,
    perSecond: latencies.length / seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
}

/** The median of any numbers; 0 of none. */
export function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** @param sorted - in ascending order. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Bytes as they come in the wild: half of them take two bytes on the lattice. */
export function samplePayload(bytes: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: bytes }, (_, i) => (i * 37) & 0xff);
}
