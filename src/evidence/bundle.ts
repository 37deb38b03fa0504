import type { FileHandle } from 'node:fs/promises';
import { faultPoint } from '../core/fault.js';
import type { Signer } from '../core/signed-note.js';
import { type BundleScope, numberRows } from '../store/reads/bundle.js';
import type { Db } from '../store/tables.js';
import { auditLines, proveLog } from './contents/audit.js';
import { chunkLines, coverageLines } from './contents/chunks.js';
import type { BundleContext, BundlePeople } from './contents/context.js';
import { findingLines } from './contents/findings.js';
import { hitLines } from './contents/hits.js';
import { numberLines, summaryText, usageLines } from './contents/numbers.js';
import { readmeText } from './contents/readme.js';
import { decisionLines, inventoryOf } from './contents/register.js';
import {
  type BundleFile,
  bundleFiles,
  bundleFormat,
  bundleVersion,
  manifestName,
  noteName,
  noteText,
  stampName,
} from './format.js';
import { type Manifest, manifestText } from './manifest.js';
import type { Stamped } from './timestamp/ask.js';
import { ZipWriter } from './zip/write.js';

export interface BundleRequest {
  scope: BundleScope;
  /** As it was asked for; `scope` is what it came to. */
  asked: { services: readonly string[]; findings: readonly string[]; entries: readonly string[] };
  zone: string;
  people: BundlePeople;
  vendorOf: (service: string) => string;
  /** That of the inventory follows from the period. */
  versions: Omit<Manifest['versions'], 'inventory'>;
  product: string;
  signer: Signer;
  now: number;
  /** Asks for a time stamp of the signed note; undefined: there is to be none. @throws whatever is to end the making */
  stamp?: ((note: Buffer) => Promise<Stamped>) | undefined;
}

export interface WrittenBundle {
  manifest: Manifest;
  /** Undefined: none was asked for. */
  stamped: Stamped | undefined;
}

/**
 * Writes a bundle of what the transaction sees. The same state of the database gives the same bytes, except for what the checkpoint of
 * the audit log and a time stamp say. Memory holds pages of rows, and 96 bytes for each record of the audit log.
 * @throws BrokenAuditError, RangeError beyond 4 GiB
 */
export async function writeBundle(trx: Db, file: FileHandle, request: BundleRequest): Promise<WrittenBundle> {
  const { scope, asked, zone, people, vendorOf, versions, product, signer, now } = request;
  const log = await proveLog(trx, scope, signer, now);
  const inventory = await inventoryOf(trx, scope, zone);
  const context: BundleContext = { trx, scope, numbers: numberRows(trx, scope), zone, people, vendorOf };
  const stated: Pick<Manifest, 'scope' | 'signer' | 'product'> = {
    product,
    signer: signer.name,
    scope: {
      from: scope.from,
      until: scope.until,
      timezone: zone,
      services: [...asked.services],
      findings: [...asked.findings],
      entries: [...asked.entries],
      names: people.names,
    },
  };
  const contents: Record<BundleFile, AsyncIterable<string> | Iterable<string>> = {
    'README.txt': [readmeText(stated)],
    'summary.json': summaryText(context),
    'findings.ndjson': findingLines(context),
    'evidence.ndjson': hitLines(context),
    'usage.csv': usageLines(context),
    'numbers.ndjson': numberLines(context),
    'chunks.ndjson': chunkLines(context),
    'inventory.json': [inventory.text],
    'decisions.ndjson': decisionLines(context),
    'coverage.ndjson': coverageLines(context),
    'audit.ndjson': auditLines(context, log),
    'audit-checkpoint.txt': [log.checkpoint],
  };
  const zip = new ZipWriter(file, scope.until);
  const files: Manifest['files'] = [];
  for (const name of bundleFiles) {
    await faultPoint('evidence.file');
    let lines = 0;
    const counted = async function* (): AsyncGenerator<string> {
      for await (const text of contents[name]) {
        lines++;
        yield text;
      }
    };
    const written = await zip.add(name, counted());
    const records = name.endsWith('.ndjson') ? lines : name.endsWith('.csv') ? lines - 1 : null;
    files.push({ name, records, ...written });
  }
  const manifest: Manifest = {
    format: bundleFormat,
    version: bundleVersion,
    ...stated,
    versions: { catalog: versions.catalog, inventory: inventory.hash, risk_rules: versions.risk_rules },
    audit: { size: log.size, root: log.root },
    files,
  };
  const text = manifestText(manifest);
  await zip.add(manifestName, [text], false);
  const note = Buffer.from(signer.sign(noteText(text)));
  await zip.add(noteName, [note], false);
  const stamped = await request.stamp?.(note);
  if (stamped !== undefined && 'stamp' in stamped) await zip.add(stampName, [stamped.stamp], false);
  await zip.end();
  return { manifest, stamped };
}
