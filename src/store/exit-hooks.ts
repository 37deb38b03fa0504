// Stops what still runs when this process ends by itself, by Ctrl-C or by a signal. One set of listeners for all servers
// of the process, there only while one runs. After kill -9 nothing runs here: the next start finds the server and adopts it.

const cleanups = new Set<() => void>();
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls `cleanup`, which must not wait for anything, when the process ends. Returns the function that forgets it. */
export function onExit(cleanup: () => void): () => void {
  if (cleanups.size === 0) {
    process.on('exit', cleanAll);
    for (const name of signals) process.on(name, onSignal);
  }
  cleanups.add(cleanup);
  return () => {
    cleanups.delete(cleanup);
    if (cleanups.size === 0) removeListeners();
  };
}

function removeListeners(): void {
  process.off('exit', cleanAll);
  for (const name of signals) process.off(name, onSignal);
}

function cleanAll(): void {
  for (const cleanup of cleanups) cleanup();
  cleanups.clear();
}

function onSignal(name: NodeJS.Signals): void {
  // Somebody else handles the signal (a service that finishes its work first) and closes the store when it is ready.
  if (process.listenerCount(name) > 1) return;
  cleanAll();
  removeListeners();
  // Without a listener the signal does what it would have done without us.
  process.kill(process.pid, name);
}
