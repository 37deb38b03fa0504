import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { halflight, squidLog, temporaryFolder } from '../helpers/cli.js';

const folder = temporaryFolder({
  'access.log': squidLog(20),
  'misleading-name.json': gzipSync(squidLog(20)),
  'notes.txt': 'Dear Ann, the code is 4711\nyours\n',
  'photo.jpg': Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 31) % 256)),
  'empty.log': '',
  'damaged.gz': Buffer.from('\x1f\x8b\x08\x00garbage that is no gzip', 'latin1'),
});
const detect = (file: string, input?: string) =>
  halflight(['detect-format', file], { cwd: folder, ...(input !== undefined && { input }) });

describe('halflight detect-format', () => {
  it.each([
    ['access.log', 'squid'],
    ['misleading-name.json', 'squid'],
  ])('%s is %s by its content', async (file, format) => {
    const { code, stdout, stderr } = await detect(file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const answer = JSON.parse(stdout) as Record<string, unknown>;
    expect(Object.keys(answer)).toEqual(['file', 'format', 'confidence', 'why']);
    expect(answer).toMatchObject({ file, format, why: expect.stringContaining('%') });
    expect(answer.confidence).toBeGreaterThan(0.9);
  });

  it('reads standard input', async () => {
    expect(JSON.parse((await detect('-', squidLog(5))).stdout)).toMatchObject({ file: '-', format: 'squid' });
  });

  it.each([
    ['notes.txt', 'no known format; the first line looks like: a a, a a a 9'],
    ['photo.jpg', 'the file holds binary data'],
    ['empty.log', 'the file is empty or blank'],
  ])('%s fits nothing: the shape of its first line without its content, and exit code 3', async (file, why) => {
    const { code, stdout } = await detect(file);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toEqual({ file, format: null, confidence: 0, why });
  });

  it('a damaged file is called damaged', async () => {
    const { code, stderr } = await detect('damaged.gz');
    expect(code).toBe(3);
    expect(stderr).toMatch(/^halflight: damaged\.gz .*gzip data: .*copy the file again\n$/);
  });
});
