const intervalMs = 500;

/**
 * Runs an action once when the process that started this one is gone. A killed npm takes its shell with it and tells
 * nobody below, so a tool that npm runs watches for itself. Does nothing, and keeps nothing alive, outside npm.
 */
export function onParentEnd(action: () => void): void {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    action();
  }, intervalMs);
  timer.unref();
}
