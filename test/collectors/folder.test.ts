import { createHash } from 'node:crypto';
import { appendFileSync, copyFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { collector } from '../../src/collectors/folder.js';
import { WatchedFolder } from '../helpers/watched-folder.js';

let folder = new WatchedFolder();
afterEach(() => folder.remove());

const watch = (options: Record<string, unknown> = {}): WatchedFolder => {
  folder.remove();
  folder = new WatchedFolder(options);
  return folder;
};
const lines = (from: number, to: number): string => {
  let text = '';
  for (let i = from; i < to; i++) text += `2026-03-02T10:00:00Z line ${i} ${'x'.repeat(i % 90)}\n`;
  return text;
};

describe('a growing file', () => {
  it('gives its lines once, as they are written', async () => {
    watch().write('app.log', lines(0, 3));
    const first = await folder.collect();
    appendFileSync(folder.file('app.log'), lines(3, 5));
    const second = await folder.collect();
    expect(await folder.text(first)).toBe(lines(0, 3));
    expect(await folder.text(second)).toBe(lines(3, 5));
    expect(await folder.collect()).toEqual([]);
  });

  it('is cut behind lines into pieces of the chosen size, and a longer line stays whole', async () => {
    const long = `${'y'.repeat(5000)}\n`;
    watch({ chunk_bytes: '1 KiB' }).write('app.log', lines(0, 100) + long + lines(100, 200));
    const found = await folder.collect();
    const texts = await Promise.all(found.map(async (chunk) => (await folder.open(chunk)).toString()));
    expect(texts.join('')).toBe(lines(0, 100) + long + lines(100, 200));
    expect(texts.every((text) => text.endsWith('\n'))).toBe(true);
    expect(texts.filter((text) => text.length > 1024)).toEqual([long]);
  });

  it('tells each later piece the header of its stream', async () => {
    watch({ chunk_bytes: '1 KiB' }).write('u_ex.log', `#Software: IIS\n#Fields: date time\n${lines(0, 30)}`);
    appendFileSync(folder.file('u_ex.log'), `#Fields: date time cs-host\n${lines(30, 60)}`);
    const found = await folder.collect();
    expect(found[0]?.prime).toBeUndefined();
    expect(found[1]?.prime).toBe('#Software: IIS\n#Fields: date time\n');
    expect(found.at(-1)?.prime).toBe('#Software: IIS\n#Fields: date time cs-host\n');
    watch().write('expenses.csv', 'date,merchant,amount\n2026-03-02,OpenAI,20\n');
    await folder.collect();
    appendFileSync(folder.file('expenses.csv'), '2026-03-03,Anthropic,20\n');
    expect((await folder.collect())[0]?.prime).toBe('date,merchant,amount\n');
  });
});

describe('rotation', () => {
  it('F27 a renamed file goes on, and the new file under its name is another stream', async () => {
    watch().write('app.log', lines(0, 5));
    await folder.collect();
    appendFileSync(folder.file('app.log'), lines(5, 7));
    renameSync(folder.file('app.log'), folder.file('app.log.1'));
    folder.write('app.log', lines(7, 9));
    const found = await folder.collect();
    expect(await folder.text(found)).toBe(lines(5, 9));
    // All of it can be read under its new name, too.
    expect(await folder.text()).toBe(lines(0, 9));
  });

  it('F27 a rotated file that was compressed gives only what was not read of it', async () => {
    watch().write('app.log', lines(0, 500));
    await folder.collect();
    writeFileSync(folder.file('app.log.1.gz'), gzipSync(lines(0, 600)));
    rmSync(folder.file('app.log'));
    const found = await folder.collect();
    expect(found).toHaveLength(1);
    expect(await folder.text(found)).toBe(lines(500, 600));
    expect(await folder.text()).toBe(lines(0, 600));
  });

  it('F27 a file that was copied and truncated is finished in its copy', async () => {
    watch().write('app.log', lines(0, 500));
    await folder.collect();
    appendFileSync(folder.file('app.log'), lines(500, 510));
    copyFileSync(folder.file('app.log'), folder.file('app.log.1'));
    truncateSync(folder.file('app.log'));
    appendFileSync(folder.file('app.log'), lines(510, 520));
    const found = await folder.collect();
    expect((await folder.text(found)).split('\n').sort()).toEqual(lines(500, 520).split('\n').sort());
    expect(await folder.text([...folder.chunks.values()].slice(0, 1))).toBe(lines(0, 500));
    expect(folder.gaps.map(({ why }) => why)).toEqual([expect.stringContaining('app.log was truncated')]);
  });

  it('F27 a copy that lacks the last lines that were read of a truncated file gives nothing again', async () => {
    watch().write('app.log', lines(0, 1));
    await folder.collect();
    copyFileSync(folder.file('app.log'), folder.file('app.log.1'));
    appendFileSync(folder.file('app.log'), lines(1, 3));
    expect(await folder.text(await folder.collect())).toBe(lines(1, 3));
    truncateSync(folder.file('app.log'));
    appendFileSync(folder.file('app.log'), lines(3, 4));
    expect(await folder.text(await folder.collect())).toBe(lines(3, 4));
    writeFileSync(folder.file('app.log.1.gz'), gzipSync(lines(0, 1)));
    rmSync(folder.file('app.log.1'));
    expect(await folder.collect()).toEqual([]);
  });

  it('a beginning of a line that was given out is not taken for the beginning of another file', async () => {
    watch().write('a.log', '2026-03-02T1');
    await folder.collect();
    folder.ahead += 4_000_000;
    expect(await folder.collect()).toHaveLength(1);
    folder.write('b.log', lines(0, 2));
    expect(await folder.text(await folder.collect())).toBe(lines(0, 2));
  });

  it('F27 two logs that begin alike part at a line, not in the middle of one', async () => {
    const head = '#Software: both\n'.repeat(50);
    watch().write('a.log', `${head}L1 one\n`);
    await folder.collect();
    folder.write('b.log', `${head}L`);
    expect(await folder.collect()).toEqual([]);
    appendFileSync(folder.file('b.log'), '2 two\n');
    expect(await folder.text(await folder.collect())).toBe('L2 two\n');
    folder.write('c.log', head.slice(0, 25));
    expect(await folder.collect()).toEqual([]);
    appendFileSync(folder.file('c.log'), ' another\n');
    expect(await folder.text(await folder.collect())).toBe(`${head.slice(16, 25)} another\n`);
  });

  it('a copy of a file under another name, plain or compressed, gives nothing new', async () => {
    watch().write('app.log', lines(0, 5000));
    await folder.collect();
    copyFileSync(folder.file('app.log'), folder.file('again.log'));
    writeFileSync(folder.file('packed.gz'), gzipSync(lines(0, 5000)));
    expect(await folder.collect()).toEqual([]);
    rmSync(folder.file('app.log'));
    expect(await folder.collect()).toEqual([]);
    expect(await folder.text()).toBe(lines(0, 5000));
    appendFileSync(folder.file('again.log'), lines(5000, 5001));
    expect(await folder.text(await folder.collect())).toBe(lines(5000, 5001));
  });

  it('a compressed file that belongs to nothing is one piece, named by its content', async () => {
    watch().write('old.log.gz', gzipSync(lines(0, 900)));
    const [chunk, ...more] = await folder.collect();
    expect(more).toEqual([]);
    expect(chunk?.key).toBe(createHash('sha256').update(lines(0, 900)).digest('hex'));
    renameSync(folder.file('old.log.gz'), folder.file('older.log.gz'));
    writeFileSync(folder.file('old.log'), lines(0, 900));
    expect(await folder.collect()).toEqual([]);
    expect(await folder.text()).toBe(lines(0, 900));
  });
});

describe('a run', () => {
  it('F1 that dies before its batch is committed is repeated with the same pieces', async () => {
    watch().write('a.log', lines(0, 5));
    folder.write('b.log', lines(5, 9));
    const context = { ...folder.context, now: () => 1_800_000_000_000 };
    const keys = async (): Promise<string[]> => {
      const found: string[] = [];
      const empty = { get: () => undefined, entries: () => new Map<string, string>().entries() };
      for await (const { chunks } of collector.collect(folder.options, empty, context))
        found.push(...chunks.map(({ key }) => key));
      return found;
    };
    const first = await keys();
    expect(first).toHaveLength(2);
    expect(await keys()).toEqual(first);
  });

  it('that is to stop gives what it has and goes on in the next one', async () => {
    watch({ chunk_bytes: '1 KiB' }).write('a.log', lines(0, 1000));
    const stop = new AbortController();
    const context = { ...folder.context, signal: stop.signal };
    const empty = { get: () => undefined, entries: () => new Map<string, string>().entries() };
    let batches = 0;
    for await (const batch of collector.collect(folder.options, empty, context)) {
      batches += batch.chunks.length > 0 ? 1 : 0;
      stop.abort();
    }
    expect(batches).toBeLessThan(5);
    await folder.collect({ kill: 2 });
    const kept = folder.chunks.size;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(10);
    await folder.collect();
    expect(await folder.text()).toBe(lines(0, 1000));
  });

  it('after a restart that gave the disk another number finds nothing new', async () => {
    watch().write('a.log', lines(0, 5));
    await folder.collect();
    for (const [key, value] of folder.cursor) folder.cursor.set(key, value.replace(/"dev":"\d+"/, '"dev":"1"'));
    expect(await folder.collect()).toEqual([]);
    appendFileSync(folder.file('a.log'), lines(5, 6));
    expect(await folder.text(await folder.collect())).toBe(lines(5, 6));
  });

  it('follows a log that is rotated to a name that include leaves out, and reads nothing else under such names', async () => {
    watch({ include: ['*.log'], exclude: ['debug*', 'old/*'] }).write('app.log', lines(0, 3));
    for (const name of ['notes.txt', 'debug.log']) folder.write(name, lines(50, 60));
    mkdirSync(folder.file('old'));
    folder.write('old/x.log', lines(60, 70));
    await folder.collect();
    appendFileSync(folder.file('app.log'), lines(3, 5));
    renameSync(folder.file('app.log'), folder.file('app.log.1'));
    await folder.collect();
    expect(await folder.text()).toBe(lines(0, 5));
  });

  it('says what to do when the folder is not there', async () => {
    watch();
    folder.remove();
    await expect(folder.collect()).rejects.toThrow(/does not exist: check its path/);
    const [check, ...more] = await collector.test(folder.options, folder.context);
    expect(check).toMatchObject({ name: 'Folder', outcome: 'failed', found: `${folder.path} does not exist` });
    expect(more).toEqual([]);
  });
});

it('the options say what is wrong with them', () => {
  const wrong = collector.options.safeParse({ path: 'logs', settle: 'soon' });
  expect(wrong.error?.issues.map(({ message }) => message)).toEqual([
    'path: write the whole path of the folder, from the root on',
    'settle: write a time such as 2s, 10m or 1h',
  ]);
});
