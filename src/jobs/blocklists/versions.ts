import { createHash } from 'node:crypto';
import { feedNoteText } from '../../core/feed-note.js';
import type { Signer } from '../../core/signed-note.js';
import type { BlockListFormat } from '../../exports/blocklists/common/format.js';
import type { BlockListVersion } from '../../store/blocklists.js';

export const entriesHashOf = (entries: readonly string[]): string =>
  hashOf(entries.map((text) => `${text}\n`).join(''));

const hashOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** A version as it is made, which nobody published yet, with its bytes. Its serial is larger than that of any before it. */
export function versionOf(
  format: BlockListFormat,
  entries: readonly string[],
  about: Pick<
    BlockListVersion,
    'format' | 'day' | 'inventoryHash' | 'catalogHash' | 'base' | 'added' | 'removed' | 'waitsFor'
  > & { versions: readonly BlockListVersion[]; at: number; who: string; restores?: number },
): { version: BlockListVersion; body: Buffer } {
  const { versions, at, who, restores, ...rest } = about;
  const last = Math.max(0, ...versions.map(({ serial }) => serial));
  const serial = Math.max(Math.floor(at / 1000), last + 1);
  const body = Buffer.from(format.write(entries, { serial }));
  return {
    body,
    version: {
      ...rest,
      version: Math.max(0, ...versions.map(({ version }) => version)) + 1,
      state: 'pending',
      serial,
      entries: entries.length,
      entriesHash: entriesHashOf(entries),
      bodyHash: hashOf(body),
      restores,
      madeAt: at,
      madeBy: who,
      decidedAt: undefined,
      approvedBy: undefined,
      publishedAt: undefined,
      note: undefined,
    },
  };
}

/** The version as published, with the note that is signed over it. */
export function publish(
  version: BlockListVersion,
  { signer, at, bytes, who }: { signer: Signer; at: number; bytes: number; who?: string },
): BlockListVersion {
  const { format, version: number, day, entries, bodyHash } = version;
  return {
    ...version,
    state: 'published',
    publishedAt: at,
    decidedAt: at,
    approvedBy: who,
    note: signer.sign(feedNoteText({ format, version: number, day, entries, bytes, sha256: bodyHash })),
  };
}

/** What the audit log keeps of a version. */
export const auditDetails = (version: BlockListVersion): Record<string, unknown> => ({
  entries: version.entries,
  added: version.added,
  removed: version.removed,
  base: version.base ?? null,
  sha256: version.bodyHash,
  inventory: version.inventoryHash,
  catalog: version.catalogHash,
  ...(version.restores !== undefined && { restores: version.restores }),
  ...(version.waitsFor !== undefined && { waits_for: version.waitsFor }),
});
