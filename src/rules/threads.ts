import type { Alert } from '../core/alert.js';

/** Which alerts were told under which thread, so that not all are looked through for each notice. */
export class Threads {
  readonly #byThread = new Map<string, Map<string, Alert>>();

  constructor(alerts: readonly Alert[]) {
    for (const alert of alerts) this.add(alert);
  }

  /** An alert stays in the threads of before: whoever asks looks at what it is now. */
  add(alert: Alert): void {
    if (alert.thread === null) return;
    const members = this.#byThread.get(alert.thread) ?? new Map<string, Alert>();
    this.#byThread.set(alert.thread, members.set(alert.id, alert));
  }

  of = (thread: string): Alert[] => [...(this.#byThread.get(thread)?.values() ?? [])];
}
