const actions = new Set<() => void>();
const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
let installed = false;

/**
 * Runs a synchronous action when this process ends, however it ends short of SIGKILL. Returns a function that
 * withdraws it. A signal ends the process here only if nobody else listens for it: whoever does, decides.
 */
export function atProcessEnd(action: () => void): () => void {
  install();
  actions.add(action);
  return () => {
    actions.delete(action);
  };
}

function install(): void {
  if (installed) return;
  installed = true;
  process.on("exit", runAll);
  for (const [signal, number] of Object.entries(signals)) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(128 + number);
    });
  }
}

function runAll(): void {
  for (const action of actions) {
    try {
      action();
    } catch {
      // the process is ending and the next action must run too
    }
  }
  actions.clear();
}
