import { createHash, type Hash } from 'node:crypto';
import { chainBeginning, chainHash, chainLeaf } from '../../core/audit-chain.js';
import { openAuditCheckpoint } from '../../core/audit-checkpoint.js';
import { isIncluded } from '../../core/merkle.js';
import type { NoteKey } from '../../core/signed-note.js';
import { type BundleFile, type CountName, countNames, hitId, usageColumns } from '../format.js';
import type { Manifest } from '../manifest.js';
import { cellsOf } from './cells.js';
import { openOneNote } from './note.js';
import { BundleError, need } from './problem.js';
import {
  type AuditRow,
  auditShape,
  type ChunkRow,
  type Counts,
  chunkShape,
  type FindingRow,
  findingShape,
  type HitRow,
  hitShape,
  type NumberRow,
  numberShape,
  shaped,
} from './shapes.js';

// That what one file says fits the others.

type Sum = Record<CountName | 'rows' | 'not_traced', number> & { service?: string; account_kind?: string };
const emptySum = (of: { service?: string; account_kind?: string } = {}): Sum => ({
  ...of,
  rows: 0,
  events: 0,
  attempts: 0,
  bytes_out: 0,
  bytes_in: 0,
  not_traced: 0,
});

/** Where usage.csv has what numbers.ndjson has, too. */
const sheetColumns = (['row', 'day', 'service', 'account_kind', 'strength', ...countNames] as const).map((name) =>
  usageColumns.indexOf(name),
);

/** What is known of a bundle while its files are read, in the order of `checkOrder`. */
export class RowChecks {
  readonly #manifest: Manifest;
  readonly #key: NoteKey;
  readonly #chunks = new Map<string, { source: string; lines: number; sha256: string }>();
  readonly #findings = new Set<string>();
  readonly #sums = new Map<string, Sum>();
  readonly #total = emptySum();
  readonly #numbers: Hash = createHash('sha256');
  readonly #sheet: Hash = createHash('sha256');
  #lastAudit = { seq: 0, hash: chainBeginning };

  constructor(manifest: Manifest, key: NoteKey) {
    this.#manifest = manifest;
    this.#key = key;
  }

  /** Checks a file that is one text. @throws BundleError */
  text(name: BundleFile, text: string): void {
    if (name === 'summary.json') this.#summary(text);
    if (name === 'inventory.json') this.#inventory(text);
    if (name === 'audit-checkpoint.txt') this.#checkpoint(text);
  }

  /** Checks a line; the first has the number 1. @throws BundleError */
  line(name: BundleFile, line: string, number: number): void {
    const at = `${name}, line ${number}`;
    if (name === 'usage.csv') {
      this.#sheetRow(line, at, number);
      return;
    }
    const row = parsed(line, at);
    if (name === 'chunks.ndjson') this.#chunk(shaped(chunkShape, row, at, 'record'), at);
    else if (name === 'numbers.ndjson') this.#number(shaped(numberShape, row, at, 'number'), at, number);
    else if (name === 'evidence.ndjson') this.#hit(shaped(hitShape, row, at, 'record'), at);
    else if (name === 'findings.ndjson') this.#finding(shaped(findingShape, row, at, 'record'), at);
    else if (name === 'audit.ndjson') this.#audit(shaped(auditShape, row, at, 'audit'), at);
    else need(typeof (row.kind ?? row.about) === 'string', 'record', `${at}: it does not say what it is about`);
  }

  /** Behind the last file. @throws BundleError */
  end(): void {
    const same = this.#numbers.digest('hex') === this.#sheet.digest('hex');
    need(same, 'number', 'usage.csv does not say what numbers.ndjson says');
  }

  #chunk(row: ChunkRow, at: string): void {
    need(!this.#chunks.has(row.chunk), 'record', `${at}: this piece of input is named twice`);
    const told = row.records_with_events + row.skipped + row.rejected;
    need(told === row.records, 'record', `${at}: its records do not add up`);
    this.#chunks.set(row.chunk, { source: row.source, lines: row.lines, sha256: row.sha256 });
  }

  #number(row: NumberRow, at: string, number: number): void {
    need(row.row === number, 'number', `${at}: it has the number of another row`);
    for (const part of row.parts) {
      const chunk = this.#chunks.get(part.chunk);
      need(chunk !== undefined, 'number', `${at}: a part comes from a piece of input that is not in chunks.ndjson`);
      need(chunk.source === row.source, 'number', `${at}: a part comes from another source`);
      const [from, to] = part.lines;
      need(from === 1 && to === chunk.lines, 'number', `${at}: a part names lines that its input does not have`);
    }
    need(
      isSumOf(row, [...row.parts, ...(row.rest === null ? [] : [row.rest])]),
      'number',
      `${at}: its parts do not add up to it`,
    );
    const key = `${row.service}/${row.account_kind}`;
    const sum = this.#sums.get(key) ?? emptySum({ service: row.service, account_kind: row.account_kind });
    this.#sums.set(key, sum);
    for (const each of [sum, this.#total]) {
      each.rows++;
      for (const name of countNames) each[name] += row[name];
      if (row.rest !== null) each.not_traced++;
    }
    const { day, service, account_kind, strength } = row;
    this.#numbers.update(
      `${JSON.stringify([String(number), day, service, account_kind, strength, ...countNames.map((name) => String(row[name]))])}\n`,
    );
  }

  #sheetRow(line: string, at: string, number: number): void {
    const cells = cellsOf(line, at);
    const fits = number === 1 ? cells.join() === usageColumns.join() : cells.length === usageColumns.length;
    need(fits, 'number', `${at}: it has other columns`);
    if (number === 1) return;
    this.#sheet.update(`${JSON.stringify(sheetColumns.map((column) => cells[column]))}\n`);
  }

  #hit(row: HitRow, at: string): void {
    const chunk = this.#chunks.get(row.chunk);
    need(chunk !== undefined, 'record', `${at}: it comes from a piece of input that is not in chunks.ndjson`);
    need(row.chunk_sha256 === chunk.sha256, 'record', `${at}: its input has another hash in chunks.ndjson`);
    need(row.line <= Math.max(1, chunk.lines), 'record', `${at}: its input has no such line`);
    need(row.id === hitId(row.chunk, row.line, row.service), 'record', `${at}: its id is not its own`);
  }

  #finding(row: FindingRow, at: string): void {
    need(row.id === `${row.service}/${row.account_kind}`, 'record', `${at}: its id is not its own`);
    need(!this.#findings.has(row.id), 'record', `${at}: this finding is named twice`);
    this.#findings.add(row.id);
  }

  #audit(row: AuditRow, at: string): void {
    const { seq, subject, details, previous } = row;
    const last = this.#lastAudit;
    need(seq > last.seq, 'audit', `${at}: it is out of order`);
    const follows = seq === 1 ? previous === chainBeginning : seq > last.seq + 1 || previous === last.hash;
    need(follows, 'audit', `${at}: it does not follow the record before it`);
    if (row.withheld) need(subject === null && details === null, 'audit', `${at}: what nothing can prove stands in it`);
    else {
      need(subject !== null && details !== null, 'audit', `${at}: it is not whole`);
      need(chainHash({ ...row, subject, details }) === row.hash, 'audit', `${at}: its hash does not fit what it says`);
    }
    const { size, root } = this.#manifest.audit;
    const proof = row.proof.map((node) => Buffer.from(node, 'base64'));
    const stands = isIncluded({ index: seq - 1, size, leaf: chainLeaf(row.hash), proof }, Buffer.from(root, 'base64'));
    need(stands, 'audit', `${at}: it does not stand in the log of the checkpoint`);
    this.#lastAudit = { seq, hash: row.hash };
  }

  #checkpoint(text: string): void {
    openOneNote(Buffer.from(text), this.#key, 'audit-checkpoint.txt');
    const checkpoint = openAuditCheckpoint(text, [this.#key]);
    need(checkpoint?.log === this.#key.name, 'audit', 'audit-checkpoint.txt: it is no checkpoint of this log');
    const { size, root } = this.#manifest.audit;
    const same = checkpoint.size === size && checkpoint.root.toString('base64') === root;
    need(same, 'audit', 'audit-checkpoint.txt: it is of another log than the manifest says');
  }

  #summary(text: string): void {
    const services = [...this.#sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
    const added = `${JSON.stringify({ total: this.#total, services }, null, 2)}\n`;
    need(text === added, 'number', 'summary.json: its sums are not those of numbers.ndjson');
  }

  #inventory(text: string): void {
    const { hash: version, entries } = parsed(text, 'inventory.json');
    need(Array.isArray(entries), 'record', 'inventory.json: it has no entries');
    const same = version === this.#manifest.versions.inventory;
    need(same, 'record', 'inventory.json: it is of another version than the manifest says');
  }
}

function parsed(text: string, at: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new BundleError('record', `${at} is no JSON object`);
}

/** Whether the parts add up to it, as far as whole numbers are added exactly. */
function isSumOf(number: Counts, parts: readonly Counts[]): boolean {
  for (const name of countNames) {
    let left = number[name];
    for (const part of parts) {
      left -= part[name];
      if (!Number.isSafeInteger(left)) return false;
    }
    if (left !== 0) return false;
  }
  const spend = new Map(Object.entries(number.spend));
  for (const part of parts)
    for (const [currency, amount] of Object.entries(part.spend)) {
      const left = (spend.get(currency) ?? 0) - amount;
      if (!Number.isSafeInteger(left)) return false;
      spend.set(currency, left);
    }
  for (const left of spend.values()) if (left !== 0) return false;
  return true;
}
