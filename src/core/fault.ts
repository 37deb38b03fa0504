/**
 * Fault points: named places where tests make a process end, wait or fail, and by which they see how far it is. In production
 * nothing listens, and a fault point costs one call of an empty function.
 */
export type FaultListener = (point: string) => void | Promise<void>;

let listener: FaultListener | undefined;

/** For the composition root alone. */
export function listenToFaults(next: FaultListener | undefined): void {
  listener = next;
}

/** Passes a fault point. May never return, and may throw. */
export function faultPoint(point: string): void | Promise<void> {
  return listener?.(point);
}
