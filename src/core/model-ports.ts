import type { Judge } from './layout.js';

/** Ports of model servers on which nothing else is known to listen, so that a connection inside the network says enough: Ollama's. */
export const tellingPorts: ReadonlyMap<number, string> = new Map([[11434, 'Ollama']]);

/**
 * For layouts of flow records: a port, as written, that is none of those. Flow records name no path and mostly no host, so the
 * speed path has only this to go by. Anything that is no plain number is not ordinary.
 */
export const isOrdinaryPort: Judge = (word) =>
  word === '-' || word === '' || (/^(?:0|[1-9]\d{0,4})$/.test(word) && !tellingPorts.has(Number(word)));
