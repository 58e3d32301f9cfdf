/** A job that ends when the test says so. */
export interface HeldJob {
  readonly run: () => Promise<string>;
  end(): void;
  fail(error: Error): void;
  started: boolean;
}

/** Makes one that answers with a text. */
export function job(result = "done"): HeldJob {
  let settle: { resolve: (text: string) => void; reject: (error: Error) => void };
  const work = new Promise<string>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const made: HeldJob = {
    started: false,
    run: () => {
      made.started = true;
      return work;
    },
    end: () => settle.resolve(result),
    fail: (error) => settle.reject(error),
  };
  return made;
}
