import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { halflight, ndjson, root, squidLine, squidLog, temporaryFolder } from '../helpers/cli.js';
import { zipOf } from '../helpers/zip.js';

const log = `${squidLine({ user: 'ann' })}not a log line?token=secret\n\n${squidLine({ user: '-', host: 'example.org' })}`;
const compressed = gzipSync(squidLog(2000));
const folder = temporaryFolder({
  'access.log': log,
  'access.log.gz': gzipSync(log),
  'access.zip': zipOf({ 'access.log': log }),
  'two.zip': zipOf({ 'a.log': log, 'b.log': log }),
  'cut.gz': compressed.subarray(0, compressed.length - 40),
  'empty.log': '',
});
const summary = (stderr: string): unknown => JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');

describe('halflight parse', () => {
  it('prints one event a line, and last on standard error the counts', async () => {
    const { code, stdout, stderr } = await halflight(['parse', '--format', 'squid', 'access.log'], { cwd: folder });
    expect(code).toBe(0);
    expect(ndjson(stdout)).toEqual([
      {
        line: 1,
        time: '2026-03-02T10:00:00Z',
        kind: 'web',
        action: 'allowed',
        user: 'ann',
        src_ip: '10.0.0.1',
        dst_ip: '203.0.113.5',
        host: 'chatgpt.com',
        url: 'http://chatgpt.com/',
        path: '/',
        method: 'GET',
        status: 200,
        bytes_in: 5000,
        vendor_format: 'squid',
      },
      expect.objectContaining({ line: 4, host: 'example.org' }),
    ]);
    expect(ndjson(stdout)[1]).not.toHaveProperty('user');
    expect(stderr).toBe('{"lines":4,"events":2,"skipped":1,"errors":1}\n');
  });

  it('says the same of a compressed file and of standard input', async () => {
    const [plain, ...others] = await Promise.all([
      halflight(['parse', '--format', 'squid', 'access.log'], { cwd: folder }),
      halflight(['parse', '--format', 'squid', 'access.log.gz'], { cwd: folder }),
      halflight(['parse', '--format', 'squid', 'access.zip'], { cwd: folder }),
      halflight(['parse', '--format', 'squid', '-'], { input: log }),
      halflight(['parse', '--format', 'squid', '-'], { input: gzipSync(log) }),
    ]);
    for (const other of others) expect(other).toEqual(plain);
  });

  it('asks which file of an archive is meant', async () => {
    const { code, stderr } = await halflight(['parse', '--format', 'squid', 'two.zip'], { cwd: folder });
    expect([code, stderr]).toEqual([3, expect.stringContaining('two.zip holds 2 files; unpack the one you mean')]);
  });

  it('explains on standard error each record beside its fields, the counts still last', async () => {
    const { stdout, stderr } = await halflight(['parse', '--format', 'squid', '--explain', 'access.log'], {
      cwd: folder,
    });
    expect(ndjson(stdout)).toHaveLength(2);
    const lines = stderr.split('\n');
    expect(lines.slice(0, 5)).toEqual([
      'line 1: event',
      '    1772445600.000 100 10.0.0.1 TCP_MISS/200 5000 GET http://chatgpt.com/ ann',
      '    HIER_DIRECT/203.0.113.5 -',
      '  time         2026-03-02T10:00:00Z',
      '  kind         web',
    ]);
    expect(lines).toContain('line 3: skipped, blank line');
    expect(stderr).toContain(
      'line 2: rejected, not a line of Squid native format\n    not a log line?token=[secret]\nline 3:',
    );
    expect(lines.slice(-2)).toEqual(['{"lines":4,"events":2,"skipped":1,"errors":1}', '']);
  });

  it('reads with a mapping file', async () => {
    const fixtures = `${root}/test/fixtures/formats/csv`;
    const mapping = ['--mapping', `${fixtures}/mapped.mapping.yaml`];
    const { code, stdout, stderr } = await halflight([
      'parse',
      '--format',
      'csv',
      ...mapping,
      `${fixtures}/mapped.csv`,
    ]);
    expect(code).toBe(0);
    expect(ndjson(stdout)[0]).toMatchObject({ time: '2026-03-02T08:15:01Z', user: 'anna', host: 'chatgpt.com' });
    expect(summary(stderr)).toEqual({ lines: 5, events: 2, skipped: 2, errors: 1 });
  });

  it('takes --log-timezone for times that state no zone, UTC without it', async () => {
    const csv = 'time,kind,host\n2026-03-02 10:00:00,web,chatgpt.com\n';
    const times = await Promise.all(
      [[], ['--log-timezone', 'Europe/Berlin']].map(async (zone) => {
        const { stdout } = await halflight(['parse', '--format', 'csv', ...zone, '-'], { input: csv });
        return ndjson(stdout)[0]?.time;
      }),
    );
    expect(times).toEqual(['2026-03-02T10:00:00Z', '2026-03-02T09:00:00Z']);
  });

  it('a cut file gives what is whole, its counts, and exit code 3', async () => {
    const { code, stdout, stderr } = await halflight(['parse', '--format', 'squid', 'cut.gz'], { cwd: folder });
    expect(code).toBe(3);
    expect(ndjson(stdout.slice(0, stdout.lastIndexOf('\n'))).length).toBeGreaterThan(1000);
    expect(stderr).toContain('halflight: cut.gz ends in the middle of its gzip data');
    expect(summary(stderr)).toHaveProperty('events');
  });

  it('an empty file is no error', async () => {
    expect(await halflight(['parse', '--format', 'squid', 'empty.log'], { cwd: folder })).toEqual({
      code: 0,
      stdout: '',
      stderr: '{"lines":0,"events":0,"skipped":0,"errors":0}\n',
    });
  });
});
