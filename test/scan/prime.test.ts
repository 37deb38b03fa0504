import { describe, expect, it } from 'vitest';
import { scanInput } from '../../src/scan/scan-input.js';
import { bytesInput, ownCatalog, scanOptions } from '../helpers/scan.js';

const header =
  '#Software: SGOS 7.3\n#Version: 1.0\n#Fields: date time c-ip cs-username cs-method cs-host cs-uri-path sc-status sc-bytes\n';
const row = (second: number, host: string): string =>
  `2026-11-22 10:00:${String(second).padStart(2, '0')} 10.0.0.1 ada GET ${host} / 200 100\n`;
const first = row(1, 'chatgpt.com') + row(2, 'www.example.org');
const second = `${row(3, 'claude.ai')}torn\n${row(4, 'chatgpt.com')}`;

describe('bytes out of the middle of a stream', () => {
  it('are read with the header of the stream, which is not counted, and numbered from their first line', async () => {
    const options = await scanOptions(ownCatalog());
    const whole = await scanInput(bytesInput('log', Buffer.from(header + first + second)), options);
    const part = await scanInput(
      { ...bytesInput('log', Buffer.from(second)), prime: header.trimEnd(), firstLine: 6 },
      options,
    );
    expect(part.format).toBe(whole.format);
    expect(part.bytes).toBe(second.length);
    expect(part.counts).toEqual({ lines: 3, records: 3, withEvents: 2, events: 2, skipped: 0, rejected: 1 });
    expect(part.rejectSamples.map(({ line }) => line)).toEqual([7]);
    expect(part.evidence.map(({ line, sample }) => [line, sample])).toEqual(
      whole.evidence.filter(({ line }) => line >= 6).map(({ line, sample }) => [line, sample]),
    );
    expect(part.evidence.map(({ line }) => line).sort((a, b) => a - b)).toEqual([6, 8]);
  });

  it('without their header cannot be read', async () => {
    const options = await scanOptions(ownCatalog(), { format: 'elff' });
    const part = await scanInput(bytesInput('log', Buffer.from(second)), options);
    expect(part.counts.rejected).toBe(3);
  });

  it('of a CSV with a row of names take the names from it', async () => {
    const options = await scanOptions(ownCatalog(), { format: 'expense-csv' });
    const names = 'Date,Merchant,Amount,Currency,Employee\n';
    const rows = '2026-11-01,OPENAI *CHATGPT SUBSCR,20.00,USD,ada@acme.example\n';
    const part = await scanInput({ ...bytesInput('x.csv', Buffer.from(rows)), prime: names, firstLine: 2 }, options);
    expect(part.counts.events).toBe(1);
    // Payments stand apart: which of them count is decided over all files.
    expect(part.expenses.map(({ usage }) => usage.service)).toEqual(['chatgpt']);
    expect(part.evidence[0]?.line).toBe(2);
  });
});
