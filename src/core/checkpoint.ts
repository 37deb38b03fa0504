// Checkpoints of a log as C2SP describes them (https://c2sp.org/tlog-checkpoint): the text of a signed note with the log's name, its size
// and the root of its Merkle tree, a line each. Lines behind these are extensions, which say nothing about the tree.

/** What a checkpoint says of a log. */
export interface Checkpoint {
  /** Name of the log; that of the key too. */
  origin: string;
  /** Number of records. */
  size: number;
  /** Root of the tree over them, 32 bytes. */
  root: Buffer;
  /** Further lines, without their ends. */
  extensions: readonly string[];
}

/** The text to be signed. */
export const checkpointText = ({ origin, size, root, extensions }: Checkpoint): string =>
  [origin, String(size), root.toString('base64'), ...extensions].map((line) => `${line}\n`).join('');

/** Reads the text of an opened note; undefined: it is no checkpoint. */
export function readCheckpoint(text: string): Checkpoint | undefined {
  if (!text.endsWith('\n')) return undefined;
  const [origin, sizeText, rootText, ...extensions] = text.slice(0, -1).split('\n');
  if (!origin || sizeText === undefined || !/^(?:0|[1-9]\d{0,15})$/.test(sizeText) || rootText === undefined)
    return undefined;
  const [size, root] = [Number(sizeText), Buffer.from(rootText, 'base64')];
  if (!Number.isSafeInteger(size) || root.length !== 32 || root.toString('base64') !== rootText) return undefined;
  return extensions.includes('') ? undefined : { origin, size, root, extensions };
}
