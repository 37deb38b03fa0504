import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import MailComposer from 'nodemailer/lib/mail-composer';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { messageOf } from '../../src/alerts/common/message.js';
import { channel, letterOf, mailOf } from '../../src/alerts/email.js';
import { createEgress } from '../../src/net/egress.js';
import { aNotice } from '../contracts/channel.js';
import { socketChannelContract } from '../contracts/socket-channel.js';
import { hostileTexts, patience, strings } from './helpers/hostile-texts.js';
import { readMail } from './helpers/read-mail.js';

const tls = (file: string): string => join(import.meta.dirname, '../fixtures/tls', file);
const people = { from: 'halflight@acme.example', to: ['soc@acme.example', 'it@acme.example'] };
const password = 'correct-horse-5f2a';

interface Got {
  from: string;
  to: string[];
  user: string | undefined;
  secure: boolean;
  mail: string;
}

interface Refusal {
  code: number;
  text?: string;
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A real SMTP server with the certificate of test/fixtures/tls, which notes what it takes. */
async function smtp({
  at,
  implicit = false,
  ...more
}: { at?: (stage: string, about: string) => Refusal | undefined; implicit?: boolean } & SMTPServerOptions = {}) {
  const got: Got[] = [];
  const refuse = (stage: string, about: string): Error | null => {
    const answer = at?.(stage, about);
    return answer === undefined ? null : Object.assign(new Error(answer.text ?? 'no'), { responseCode: answer.code });
  };
  const server = new SMTPServer({
    key: readFileSync(tls('server.key.pem')),
    cert: readFileSync(tls('server.pem')),
    secure: implicit,
    authOptional: true,
    logger: false,
    onAuth: ({ username, password: given }, _, done) =>
      given === password
        ? done(null, { user: username })
        : done(Object.assign(new Error(`bad ${given}`), { responseCode: 535 })),
    onMailFrom: ({ address }, _, done) => done(refuse('mail', address)),
    onRcptTo: ({ address }, _, done) => done(refuse('rcpt', address)),
    onData: (stream, session, done) => {
      let mail = '';
      stream.setEncoding('utf8').on('data', (part: string) => {
        mail += part;
      });
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        const refused = refuse('data', '');
        if (refused === null)
          got.push({
            from,
            to: rcptTo.map(({ address }) => address),
            user: session.user,
            secure: session.secure,
            mail,
          });
        done(refused);
      });
    },
    ...more,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  open.push(close);
  return { got, port, close };
}

async function send(port: number, more: Record<string, unknown> = {}, { trusts = true, notice = aNotice } = {}) {
  const egress = createEgress({ allow: ['127.0.0.1'], ports: [port], caFile: trusts ? tls('ca.pem') : undefined });
  open.push(() => egress.close());
  const options = channel.options.parse({ host: '127.0.0.1', port, ...people, timeout: 5, ...more });
  const context = {
    egress,
    now: () => aNotice.at,
    signal: new AbortController().signal,
    publicUrl: 'https://halflight.acme.example',
  };
  return { delivery: await channel.send(notice, options, context), checks: () => channel.test(options, context) };
}

describe('email', () => {
  socketChannelContract({
    channel,
    options: (host, port) => ({ host, port, user: 'halflight', password, ...people, timeout: 1 }),
    secrets: [password],
    answers: true,
  });

  it.each([{ implicit: false }, { implicit: true }])(
    'a mail comes once, encrypted, to all, after a login (implicit: $implicit)',
    async ({ implicit }) => {
      const { got, port } = await smtp({ implicit, authOptional: false });
      const { delivery, checks } = await send(port, {
        tls: implicit ? 'implicit' : 'starttls',
        user: 'halflight',
        password,
      });
      expect(delivery).toEqual({ outcome: 'sent' });
      expect(got).toHaveLength(1);
      expect(got[0]).toMatchObject({ from: people.from, to: people.to, user: 'halflight', secure: true });
      const { headers, text } = readMail(got[0]?.mail ?? '');
      expect(headers).toMatchObject({
        from: 'Halflight <halflight@acme.example>',
        to: 'soc@acme.example, it@acme.example',
        subject: aNotice.title,
        'message-id': '<finding-opened-0193f2@acme.example>',
        date: 'Wed, 25 Nov 2026 12:00:00 +0000',
        'auto-submitted': 'auto-generated',
      });
      expect(text).toBe(
        'Otter is used and not registered\n\nWhy: 12 people in 3 groups use Otter. Register it, or decide against it.\n\nWho: 12 people\n\n' +
          'Evidence: https://halflight.acme.example\n\nThe way to yes: Register it in the inventory with an owner and have it approved; ' +
          'the finding ends by itself.\n',
      );
      expect(await checks()).toEqual([
        { name: 'Encryption', outcome: 'ok', found: expect.any(String) as string, remedy: '' },
        {
          name: 'Reachable',
          outcome: 'ok',
          found: expect.stringContaining('takes user and password') as string,
          remedy: '',
        },
      ]);
      expect(got).toHaveLength(1);
    },
  );

  it('a certificate that does not hold, and a server without STARTTLS, get neither password nor mail', async () => {
    const stranger = await smtp();
    expect((await send(stranger.port, { user: 'halflight', password }, { trusts: false })).delivery).toMatchObject({
      outcome: 'retry',
    });
    const plain = await smtp({ disabledCommands: ['STARTTLS'] });
    const { delivery } = await send(plain.port, { user: 'halflight', password });
    expect(delivery.outcome).not.toBe('sent');
    expect([...stranger.got, ...plain.got]).toEqual([]);
  });

  it('F33 greylisting and a busy server are tried again; whoever is not known to it is refused', async () => {
    const answers: [string, number, string][] = [
      ['rcpt', 450, 'retry'],
      ['rcpt', 451, 'retry'],
      ['data', 452, 'retry'],
      ['mail', 421, 'retry'],
      ['rcpt', 550, 'refused'],
      ['data', 554, 'refused'],
      ['mail', 553, 'refused'],
    ];
    for (const [stage, code, outcome] of answers) {
      const { got, port } = await smtp({
        at: (now) => (now === stage ? { code, text: 'secret stays there' } : undefined),
      });
      const { delivery } = await send(port);
      expect(delivery, `${stage} ${code}`).toMatchObject({
        outcome,
        why: expect.stringContaining(String(code)) as string,
      });
      expect(JSON.stringify(delivery)).not.toContain('secret stays there');
      expect(got).toEqual([]);
    }
  });

  it('F33 who is greylisted among others gets it with the next try; who does not exist keeps nobody from it', async () => {
    let code = 450;
    const { got, port } = await smtp({
      at: (stage, about) => (stage === 'rcpt' && about.startsWith('it@') ? { code } : undefined),
    });
    expect((await send(port)).delivery).toMatchObject({ outcome: 'retry' });
    code = 550;
    expect((await send(port)).delivery).toEqual({ outcome: 'sent' });
    expect(got.map(({ to }) => to)).toEqual([['soc@acme.example'], ['soc@acme.example']]);
    const ids = got.map(({ mail }) => readMail(mail).headers['message-id']);
    expect(new Set(ids).size).toBe(1);
  });

  it('a wrong password is refused and never repeated', async () => {
    const { port } = await smtp();
    const { delivery, checks } = await send(port, { user: 'halflight', password: 'wrong-77c1' });
    expect(delivery).toMatchObject({ outcome: 'refused', why: expect.stringContaining('535') as string });
    expect(JSON.stringify([delivery, await checks()])).not.toContain('wrong-77c1');
  });

  it('a password in clear, an address with a name or a line end are refused when the configuration is read', () => {
    const base = { host: 'mail.example', ...people };
    for (const wrong of [
      { user: 'u', password, tls: 'none' },
      { user: 'u' },
      { from: 'Halflight <h@acme.example>' },
      { to: ['a@b.example\r\nBcc: c@d.example'] },
      { to: ['a@b.example, c@d.example'] },
      { to: [] },
    ])
      expect(channel.options.safeParse({ ...base, ...wrong }).success, JSON.stringify(wrong)).toBe(false);
  });

  it('A9 an encoded word in a log is shown as it is, not decoded by who reads the mail', async () => {
    const notice = { ...aNotice, title: 'Otter =?utf-8?Q?=0D=0ABcc:_x?=' };
    const mail = (await new MailComposer(mailOf(notice, messageOf(notice, {}), people)).compile().build()).toString(
      'latin1',
    );
    expect(readMail(mail).headers.subject).toBe('Otter =\u2060?utf-8?Q?=0D=0ABcc:_x?=');
  });

  it(
    'A9 texts from logs make no second header, recipient or mail, and read the same',
    async () => {
      for (const [title, text] of hostileTexts(strings > 20_000 ? strings : strings / 10)) {
        const notice = { ...aNotice, title, text, details: {} };
        const message = messageOf(notice, {});
        const mail = (await new MailComposer(mailOf(notice, message, people)).compile().build()).toString('latin1');
        const read = readMail(mail);
        const subject = read.headers.subject?.replaceAll('\u2060', '');
        if (subject !== message.headline) expect(subject).toBe(message.headline);
        const [headline, why] = read.text.split('\n\n');
        if (headline !== message.headline) expect(headline).toBe(message.headline);
        if (message.why !== '' && why !== `Why: ${message.why}`) expect(why).toBe(`Why: ${message.why}`);
        if (read.names.join() !== plainNames) expect(read.names.join()).toBe(plainNames);
      }
    },
    patience,
  );
});

describe('a mail to one person', () => {
  const letter = { from: 'halflight@acme.example', to: 'ada@acme.example' };

  it('goes to that address alone, with its paragraphs and nothing that notices to others say', async () => {
    const { port, got } = await smtp();
    const notice = {
      ...aNotice,
      kind: 'nudge',
      title: 'Otter is not approved for your use',
      text: 'not shown',
      details: { ...aNotice.details, person: 'person-k3w7q2ma', paragraphs: ['On 2026-11-25 you used Otter.', 'Ask.'] },
    };
    const options = channel.options.parse({ host: '127.0.0.1', port, tls: 'none', ...people });
    const egress = createEgress({ allow: ['127.0.0.1'], ports: [port] });
    const context = { egress, now: Date.now, signal: new AbortController().signal, publicUrl: 'https://h.example' };
    expect(await channel.send(notice, options, { ...context, to: letter.to })).toEqual({ outcome: 'sent' });
    expect(got.map(({ to }) => to)).toEqual([[letter.to]]);
    const { headers, text } = readMail(got[0]?.mail ?? '');
    expect(headers.to).toBe(letter.to);
    expect(text.trim()).toBe('Otter is not approved for your use\n\nOn 2026-11-25 you used Otter.\n\nAsk.');
    expect(got[0]?.mail).not.toMatch(/soc@|h\.example|person-k3w7q2ma|not shown/);
    await egress.close();
  });

  it(
    'A9 hostile words in it make no second header, recipient or mail',
    async () => {
      for (const [title, text] of hostileTexts(strings / 20)) {
        const notice = { ...aNotice, title, details: { paragraphs: [text, title] } };
        const mail = (await new MailComposer(letterOf(notice, letter)).compile().build()).toString('latin1');
        const read = readMail(mail);
        if (read.headers.to !== letter.to) expect(read.headers.to).toBe(letter.to);
        expect(read.names.join()).toBe(
          'auto-submitted,x-auto-response-suppress,from,to,references,subject,message-id,date,content-transfer-encoding,mime-version,content-type',
        );
      }
    },
    patience,
  );
});

const plainNames =
  'auto-submitted,x-halflight-notice,from,to,references,subject,message-id,date,content-transfer-encoding,mime-version,content-type';
