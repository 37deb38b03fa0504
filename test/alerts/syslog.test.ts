import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { channel, messageFor } from '../../src/alerts/syslog.js';
import { createEgress } from '../../src/net/egress.js';
import { aNotice } from '../contracts/channel.js';
import { socketChannelContract } from '../contracts/socket-channel.js';
import { tcpServer } from '../helpers/http-server.js';
import { testCertificate } from '../helpers/test-certificate.js';
import { hostileTexts, patience, strings } from './helpers/hostile-texts.js';
import { parseCef, parseSyslog, unframe } from './helpers/read-syslog.js';

const tls = (file: string): string => join(import.meta.dirname, '../fixtures/tls', file);
const finding = {
  ...aNotice,
  subject: 'otter/personal',
  details: {
    finding: 'otter/personal',
    service: 'otter',
    vendor: 'Otter.ai',
    category: 'meetings',
    verdict: 'unregistered',
    state: 'open',
    people: 12,
    events: 340,
    attempts: 0,
    first_seen: aNotice.at - 1000,
    last_seen: aNotice.at,
  },
};
const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** Receivers as a SIEM has them, which keep every byte until their sender closes. */
async function receiver(protocol: 'udp' | 'tcp' | 'tls', clientCa?: string) {
  const got: Buffer[] = [];
  if (protocol === 'udp') {
    const socket = createSocket('udp4').on('message', (message) => got.push(message));
    await new Promise<void>((resolve) => void socket.bind(0, '127.0.0.1', resolve));
    open.push(async () => void socket.close());
    return { port: socket.address().port, got };
  }
  if (protocol === 'tcp') {
    const server = await tcpServer(
      (socket) => void socket.on('data', (data) => got.push(data)).on('end', () => socket.end()),
    );
    open.push(() => server.close());
    return { port: server.port, got };
  }
  const identity = { key: readFileSync(tls('server.key.pem')), cert: readFileSync(tls('server.pem')) };
  const asks = clientCa === undefined ? {} : { requestCert: true, rejectUnauthorized: true, ca: clientCa };
  const server = createTlsServer({ ...identity, ...asks }, (socket) => {
    socket.on('data', (data) => got.push(data)).on('error', () => undefined);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  open.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, got };
}

async function send(
  port: number,
  more: Record<string, unknown>,
  { notice = finding as typeof aNotice, trusts = true } = {},
) {
  const egress = createEgress({ allow: ['127.0.0.1'], ports: [port], caFile: trusts ? tls('ca.pem') : undefined });
  open.push(() => egress.close());
  const options = channel.options.parse({ host: '127.0.0.1', port, hostname: 'halflight1', timeout: 5, ...more });
  const context = {
    egress,
    now: () => aNotice.at,
    signal: new AbortController().signal,
    publicUrl: 'https://halflight.acme.example',
  };
  return { delivery: await channel.send(notice, options, context), checks: await channel.test(options, context) };
}

describe('syslog', () => {
  socketChannelContract({
    channel,
    options: (host, port) => ({ host, port, protocol: 'tcp', timeout: 1 }),
    secrets: ['PRIVATE KEY'],
    answers: false,
  });

  it.each(['udp', 'tcp', 'tls'] as const)('a receiver by %s gets one message with its fields', async (protocol) => {
    const { port, got } = await receiver(protocol);
    const { delivery, checks } = await send(port, { protocol });
    expect(delivery).toEqual({ outcome: 'sent' });
    await expect.poll(() => got.length).toBeGreaterThan(0);
    const frames = protocol === 'udp' ? got.map(String) : unframe(Buffer.concat(got));
    expect(frames).toHaveLength(1);
    const message = parseSyslog(frames[0] ?? '');
    expect(message).toMatchObject({
      facility: 16,
      severity: 4,
      time: '2026-11-25T12:00:00.000Z',
      host: 'halflight1',
      app: 'halflight',
      id: 'finding.opened',
    });
    expect(parseCef(message.text)).toEqual({
      header: ['0', 'Halflight', 'Halflight', '1', 'finding.opened', 'Otter is used and not registered', '6'],
      fields: {
        rt: String(aNotice.at),
        externalId: expect.stringMatching(/^halflight-[\da-f]{24}$/) as string,
        deviceFacility: 'halflight',
        msg: '12 people in 3 groups use Otter. Register it, or decide against it. Register it in the inventory with an owner and have it approved; the finding ends by itself.',
        request: 'https://halflight.acme.example/v1/findings/otter%2Fpersonal',
        cs1Label: 'Service',
        cs1: 'otter',
        cs2Label: 'Verdict',
        cs2: 'unregistered',
        cs3Label: 'Finding',
        cs3: 'otter/personal',
        cs4Label: 'Notice',
        cs4: aNotice.id,
        cn1Label: 'People',
        cn1: '12',
        cn2Label: 'Events',
        cn2: '340',
      },
    });
    expect(checks.every(({ outcome, name }) => outcome === 'ok' || name === 'Encryption')).toBe(true);
  });

  it.each([
    ['finding.opened', 'open', 1, 1],
    ['finding.reopened', 'open', 1, 1],
    ['finding.changed', 'open', 2, 2],
    ['finding.changed', 'watched', 2, 3],
    ['finding.resolved', 'resolved', 3, 4],
  ])('%s (%s) is a Detection Finding of OCSF with what the class requires', async (kind, state, activity, status) => {
    const { port, got } = await receiver('tcp');
    const notice = { ...finding, kind, details: { ...finding.details, state } };
    expect((await send(port, { protocol: 'tcp', format: 'ocsf' }, { notice })).delivery).toEqual({ outcome: 'sent' });
    await expect.poll(() => got.length).toBeGreaterThan(0);
    const event = JSON.parse(parseSyslog(unframe(Buffer.concat(got))[0] ?? '').text) as Record<string, unknown>;
    expect(event).toMatchObject({
      category_uid: 2,
      class_uid: 2004,
      activity_id: activity,
      type_uid: 200_400 + activity,
      status_id: status,
      severity_id: 3,
      time: aNotice.at,
      metadata: { version: '1.4.0', uid: aNotice.id, product: { vendor_name: 'Halflight' } },
      finding_info: {
        uid: 'otter/personal',
        title: aNotice.title,
        first_seen_time: aNotice.at - 1000,
        src_url: 'https://halflight.acme.example/v1/findings/otter%2Fpersonal',
      },
      unmapped: { people: 12, verdict: 'unregistered' },
    });
  });

  it('news of a source are an event of the base class', async () => {
    const options = channel.options.parse({ host: 'siem.example', format: 'ocsf' });
    const notice = { ...aNotice, kind: 'source.silent', subject: 'source/proxy', details: { source: 'proxy' } };
    const event = JSON.parse(parseSyslog(messageFor(notice, options, undefined) ?? '').text) as Record<string, unknown>;
    expect(event).toMatchObject({
      category_uid: 0,
      class_uid: 0,
      activity_id: 99,
      type_uid: 99,
      message: aNotice.title,
    });
  });

  it('a receiver with an unknown certificate gets nothing; one that asks for ours gets it, and without it nothing', async () => {
    const mine = testCertificate();
    const stranger = await receiver('tls');
    expect((await send(stranger.port, { protocol: 'tls' }, { trusts: false })).delivery).toMatchObject({
      outcome: 'retry',
    });
    const strict = await receiver('tls', mine.certificate);
    expect((await send(strict.port, { protocol: 'tls' })).delivery).toMatchObject({ outcome: 'retry' });
    expect([...stranger.got, ...strict.got]).toEqual([]);
    const shown = { protocol: 'tls', certificate: mine.certificate, private_key: mine.key };
    expect((await send(strict.port, shown)).delivery).toEqual({ outcome: 'sent' });
    await expect.poll(() => unframe(Buffer.concat(strict.got)).length).toBe(1);
    const wrong = await send(strict.port, { ...shown, private_key: 'secret stays there' });
    expect(wrong.delivery).toMatchObject({ outcome: 'refused' });
    expect(JSON.stringify(wrong)).not.toContain('secret stays there');
  });

  it(
    'A9 texts from logs make no second message, event or field, and read the same',
    () => {
      const cef = channel.options.parse({ host: 'siem.example', format: 'cef' });
      const ocsf = channel.options.parse({ host: 'siem.example', format: 'ocsf' });
      const plain = channel.options.parse({ host: 'siem.example', format: 'cef' });
      const keys = Object.keys(parseCef(parseSyslog(messageFor(finding, plain, undefined) ?? '').text).fields).join();
      for (const [title, text] of hostileTexts(strings)) {
        const notice = {
          ...finding,
          title,
          text: `x${text}`,
          details: { ...finding.details, service: `x${text}`, verdict: title },
        };
        const [line, json] = [messageFor(notice, cef, undefined) ?? '', messageFor(notice, ocsf, undefined) ?? ''];
        if (/[\n\r\0]/.test(line + json) || line === '') expect.fail(JSON.stringify([title, text]));
        const frames = unframe(Buffer.from([line, json].map((item) => `${Buffer.byteLength(item)} ${item}`).join('')));
        const event = parseCef(parseSyslog(frames[0] ?? '').text);
        const other = JSON.parse(parseSyslog(frames[1] ?? '').text) as {
          message: string;
          finding_info: { title: string };
        };
        const same =
          frames.length === 2 &&
          Object.keys(event.fields).join() === keys &&
          event.header[5] === other.message &&
          other.finding_info.title === other.message &&
          event.fields.cs3 === 'otter/personal' &&
          event.header[6] === '6' &&
          other.message.startsWith((event.fields.cs2 ?? '?').replace(/…$/, ''));
        if (!same) expect.fail(JSON.stringify([title, text, event, other]));
      }
    },
    patience,
  );
});
