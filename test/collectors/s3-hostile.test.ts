import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collector } from '../../src/collectors/s3.js';
import { createEgress } from '../../src/net/egress.js';
import { type S3Source, s3Source } from '../helpers/s3-source.js';

let source: S3Source;
beforeEach(async () => {
  source = await s3Source();
});
afterEach(() => source.close());

/** Answers every listing with this. */
function listing(raw: string): void {
  source.s3.settings.fault = ({ kind }) => (kind === 'list' ? { raw } : undefined);
}
const page = (inner: string): string => `<?xml version="1.0"?><ListBucketResult>${inner}</ListBucketResult>`;
const item = (key: string, more = '<Size>1</Size>'): string =>
  `<Contents><Key>${key}</Key><ETag>"e"</ETag>${more}</Contents>`;

function hostileNames(): string[] {
  const controls = Array.from({ length: 33 }, (_, i) => `c${String.fromCharCode(i === 32 ? 127 : i)}x`);
  return [
    ...[
      '../../etc/passwd',
      '/etc/passwd',
      '..',
      '.',
      './a',
      'a/../b',
      'a//b',
      '\\..\\..\\windows\\win.ini',
      '%2e%2e/%2e%2e/x',
      '%00',
      '%',
    ],
    ...[
      '__proto__',
      'constructor',
      'toString',
      '<script>alert(1)</script>',
      '=cmd|calc!A1',
      "'; drop table chunks; --",
      '$' + '{jndi:x}',
      '`id`',
    ],
    ...[
      'a b',
      'a+b',
      'a&b',
      'a#b',
      'a?b=c',
      'a#b#c',
      'ü/ö',
      '😀',
      '\u202etxt.gol',
      '\u0085',
      '\ufeff',
      'a\u0301',
      'á',
      '~',
      "!'()*",
      '"',
    ],
    ...controls,
    'x'.repeat(1024),
    'ü'.repeat(512),
    '\u0001'.repeat(1024),
    `${'y/'.repeat(511)}zz`,
    `${'\u0002'.repeat(1023)}a`,
    `${'\u0002'.repeat(1023)}b`,
  ];
}

describe('A17 names of objects are only ever data', () => {
  it('A17 every name that S3 allows is listed, kept apart from all others and read back', async () => {
    const names = hostileNames();
    for (const name of names) source.s3.put(name, `body of ${name}`);
    source.s3.settings.pageSize = 9;
    expect(await source.collect()).toHaveLength(names.length);
    expect(source.gaps).toEqual([]);
    const bodies: string[] = [];
    for (const chunk of source.chunks) {
      // What a text column, an index and JSON of a database take.
      expect(`${chunk.key}${chunk.name}${JSON.stringify(chunk.place)}`).not.toMatch(/\p{Cc}/u);
      expect(JSON.stringify(chunk.place)).not.toContain('\\u0000');
      expect(Buffer.byteLength(chunk.key)).toBeLessThan(2600);
      bodies.push(await source.read(JSON.parse(JSON.stringify(chunk)) as typeof chunk));
    }
    expect(bodies).toHaveLength(names.length);
    expect(new Set(bodies)).toEqual(new Set(names.map((name) => `body of ${name}`)));
    expect(new Set(source.chunks.map((chunk) => chunk.key)).size).toBe(names.length);
    for (const [key, value] of source.cursor) expect(`${key}${value}`).not.toMatch(/\p{Cc}/u);
    expect(await source.collect()).toEqual([]);
  });

  it('a service that does not encode names is read as it writes', async () => {
    source.s3.settings.encodes = false;
    for (const name of ['a+b%41.log', 'a&b<c>.log', 'ü.log']) source.s3.put(name, name);
    expect(await source.collect()).toEqual(['a&b<c>.log', 'a+b%41.log', 'ü.log']);
    for (const chunk of source.chunks) expect(`s3://logs/${await source.read(chunk)}`).toBe(chunk.name);
  });

  it('names and numbers that no S3 gives are a gap or held to what a database takes', async () => {
    const dates = ['1969-01-01T00:00:00Z', '9999-12-31T23:59:59Z'].map((date, i) =>
      item(`d${i}`, `<LastModified>${date}</LastModified><Size>5</Size>`),
    );
    listing(page([item('k'.repeat(5000)), item('&#xD800;'), ...dates, item(`e`, '<Size>-5</Size>')].join('')));
    await source.collect();
    expect(source.gaps.map((gap) => gap.why)).toEqual([
      expect.stringMatching(/^2 objects were left out, .*a name that S3 does not allow/),
    ]);
    for (const { modified, size } of source.chunks) {
      expect(modified).toBeGreaterThanOrEqual(0);
      expect(modified).toBeLessThan(Date.UTC(2201, 0));
      expect(size).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('an endpoint that attacks costs its own source and nothing else', () => {
  const bomb = `<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">${'bcdefghij'
    .split('')
    .map((name, i) => `<!ENTITY ${name} "${`&${'abcdefghi'[i]};`.repeat(10)}">`)
    .join('')}]>`;
  it.each([
    [
      'an entity bomb',
      `<?xml version="1.0"?>${bomb}<ListBucketResult>${item('&j;')}</ListBucketResult>`,
      /document type/,
    ],
    [
      'an external entity',
      `<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><ListBucketResult>${item('&x;')}</ListBucketResult>`,
      /document type/,
    ],
    ['a hundred thousand document types', `${'<!doctype a>'.repeat(100_000)}<a/>`, /document type/],
    ['deep nesting', `<ListBucketResult>${'<a>'.repeat(500_000)}`, /absurd nesting/],
    ['a page that does not end', page('x'.repeat(9 * 2 ** 20)), /longer than 8388608 bytes/],
    ['no XML', 'hello', /answers in a way that S3 does not/],
    ['cut XML', '<ListBucketResult><Contents><Key>a', /answers in a way that S3 does not/],
    ['HTML', '<html><body><p>Sign in<br></body></html>', /answers in a way that S3 does not/],
  ])('%s is refused in words, and holds nothing else up', async (_, raw, message) => {
    listing(raw);
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    await expect(source.collect()).rejects.toThrow(message);
    delay.disable();
    expect(delay.max / 1e6).toBeLessThan(5000);
    expect(source.chunks).toEqual([]);
  });

  it('entities of its own, comments and processing instructions in a name are no way in', async () => {
    listing(
      page(`${item('a&unknown;b')}<!-- ${item('comment')} --><?php ${item('pi')} ?><![CDATA[${item('cdata')}]]>`),
    );
    const found = await source.collect();
    expect(found).toEqual(['ab']);
  });

  it('a listing that goes in circles ends', async () => {
    listing(page(`<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>${item('a')}`));
    await expect(source.collect()).rejects.toThrow('the listing does not get on');
    expect(source.chunks).toHaveLength(1);
    listing(page('<IsTruncated>true</IsTruncated>'));
    await expect(source.collect()).rejects.toThrow('the listing does not get on');
  });

  it('names out of order are all found, and a killed run begins anew', async () => {
    let asked = 0;
    source.s3.settings.fault = ({ query }) => {
      asked++;
      const more = '<IsTruncated>true</IsTruncated><NextContinuationToken>2</NextContinuationToken>';
      return {
        raw:
          query.get('continuation-token') === '2'
            ? page(`${item('b')}${item('d')}`)
            : page(`${more}${item('c')}${item('a')}`),
      };
    };
    expect(await source.collect({}, 1)).toEqual(['c', 'a']);
    expect(source.cursor.has('run')).toBe(false);
    expect(await source.collect()).toEqual(['b', 'd']);
    expect(asked).toBe(4);
  });

  it('an error of its making is not repeated, nor is any key', async () => {
    for (const code of ['constructor', '__proto__', 'toString', '<b>x</b>', `${'A'.repeat(300)}`, 'AccessDenied']) {
      source.s3.settings.fault = () => ({
        status: 403,
        code,
        extra: '<AWSAccessKeyId>AKIAFAKEFAKEFAKE</AWSAccessKeyId>',
      });
      const error = await source.collect().then(
        () => new Error('nothing was thrown'),
        (thrown: unknown) => thrown as Error,
      );
      expect(error.message).toMatch(
        /^s3:\/\/logs\/: (access is denied|the service refuses) \([A-Za-z0-9. ]+, 403\)\. Allow s3:ListBucket/,
      );
      expect(`${error.stack} ${JSON.stringify(error)}`).not.toMatch(/AKIA|message-of-the-server|fake\/secret/);
    }
  });

  it('A18 an endpoint inside that the configuration does not open is not contacted', async () => {
    const egress = createEgress({ ports: [source.s3.port] });
    const context = { ...source.context, egress };
    const run = async (): Promise<void> => {
      for await (const batch of collector.collect(source.options(), new Map(), context)) expect(batch).toBe(undefined);
    };
    await expect(run()).rejects.toThrow('under "net" in the configuration file');
    expect((await collector.test(source.options(), context)).map(({ name, outcome }) => [name, outcome])).toEqual([
      ['Reachable', 'failed'],
      ['Clock', 'warning'],
    ]);
    expect(source.s3.requests).toEqual([]);
    await egress.close();
  });
});
