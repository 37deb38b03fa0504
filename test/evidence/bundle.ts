import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { type NoteKey, readVerifierKey } from '../../src/core/signed-note.js';
import { readCertificate } from '../../src/evidence/timestamp/trust.js';
import { checkBundle } from '../../src/evidence/verify/check.js';
import { ofBytes } from '../../src/evidence/verify/source.js';
import * as verifier from '../../verifier/halflight-verify.mjs';
import { halflight, squidLine, squidLog } from '../helpers/cli.js';

/** A bundle as the program makes it of a scan, and who signed it. */
export interface MadeBundle {
  folder: string;
  file: string;
  bytes: Buffer;
  /** NAME+ID+BASE64. */
  key: string;
  privateKey: KeyObject;
  publicKey: Buffer;
}

export const people =
  'id,email,name,group\nu1,ann@acme.example,Ann Archer,Sales\nu2,bob@acme.example,Bob Bowman,Sales\n';
export const inventory = `entries:
  - id: claude-chat
    name: Claude
    description: Chat assistant.
    services: [claude]
    allowed_account: any
    business_owner: u1
    technical_owner: u2
    data_categories: [internal]
    risk_tier: 2
    status: approved
    approvers: [u1, u2]
    approval_date: 2026-01-02
    review_date: 2027-01-01
`;

/** Two logs of a proxy, one of them compressed later by who keeps it, with three services and two people. */
export const logs = {
  'logs/first.log': `${squidLog(40)}garbage\n${squidLine({ user: 'bob', host: 'claude.ai', at: '2026-03-03T09:00:00Z' })}`,
  'logs/second.log': [
    squidLine({ at: '2026-03-02T12:00:01Z' }),
    squidLine({ user: 'bob', host: 'www.perplexity.ai', at: '2026-03-04T09:00:00Z' }),
    squidLine({ user: 'zoe', host: 'claude.ai', at: '2026-03-05T09:00:00Z' }),
  ].join(''),
};

/** Scans into a folder of its own and makes a bundle of it; the folder goes with the tests of the file. */
export async function makeBundle(...more: string[]): Promise<MadeBundle> {
  const folder = mkdtempSync(join(tmpdir(), 'halflight-evidence-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  // A server started by root runs as another user, who must be able to reach its folder.
  chmodSync(folder, 0o711);
  for (const [name, text] of Object.entries({ ...logs, 'people.csv': people, 'inventory.yaml': inventory })) {
    const path = join(folder, name.replace('logs/', ''));
    writeFileSync(path, text);
  }
  const scan = [
    'scan',
    'first.log',
    'second.log',
    '--data',
    'data',
    '--people',
    'people.csv',
    '--inventory',
    'inventory.yaml',
  ];
  const scanned = await halflight(scan, { cwd: folder });
  expect(scanned.code, scanned.stdout).toBe(0);
  const { key } = await exportBundle(folder, 'bundle.zip', ...more);
  const privateKey = createPrivateKey(readFileSync(join(folder, 'data/signing.key')));
  return {
    folder,
    file: join(folder, 'bundle.zip'),
    bytes: readFileSync(join(folder, 'bundle.zip')),
    key,
    privateKey,
    publicKey: rawKey(createPublicKey(privateKey)),
  };
}

/** `halflight evidence` for March 2026. */
export async function exportBundle(folder: string, out: string, ...more: string[]): Promise<{ key: string }> {
  const args = ['evidence', '--data', 'data', '--from', '2026-03-01', '--until', '2026-04-01', '--out', out, '--json'];
  const made = await halflight([...args, ...more], { cwd: folder });
  expect(made.code, made.stderr).toBe(0);
  return JSON.parse(made.stdout) as { key: string };
}

export const rawKey = (key: KeyObject): Buffer =>
  Buffer.from(key.export({ format: 'der', type: 'spki' }).subarray(-32));

/** What both verifiers say, which has to be the same. `authority`: PEM of who has to have stamped it. */
export async function checkBoth(
  bytes: Buffer,
  key: string,
  authority?: string,
): Promise<{ ok: boolean; codes: string[] }> {
  const [own, other] = [readVerifierKey(key), verifier.readKey(key)];
  if (own === undefined || other === undefined) throw new Error(`${key} is no key`);
  return agreed(
    await checkBundle(
      ofBytes(bytes),
      own satisfies NoteKey,
      authority === undefined ? undefined : readCertificate(authority),
    ),
    await verifier.checkBundle(
      verifier.bufferSource(bytes),
      other,
      authority === undefined ? undefined : (verifier.readCertificate(authority) ?? undefined),
    ),
  );
}

type Result = { ok: boolean; problems: readonly { code: string; message: string }[] };

function agreed(own: Result, other: Result): { ok: boolean; codes: string[] } {
  const codes = ({ problems }: Result): string[] => problems.map(({ code }) => code);
  if (own.ok !== other.ok || codes(own).join() !== codes(other).join())
    throw new Error(`they do not agree: ${JSON.stringify(own.problems)} and ${JSON.stringify(other.problems)}`);
  expect(own.ok).toBe(own.problems.length === 0);
  return { ok: own.ok, codes: codes(own) };
}
