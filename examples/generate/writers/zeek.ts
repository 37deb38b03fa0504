import type { Rec, Writer } from '../types.js';
import { addressOf, digits, lines } from './shared.js';

const ts = (at: number): string => `${Math.floor(at / 1000)}.${String(at % 1000).padStart(3, '0')}`;
const uid = (rec: Rec): string => `C${rec.nonce.slice(0, 16)}`;

/** Zeek ssl.log, tab-separated: people appear by the address of their machine. */
export const zeekTsv: Writer = {
  format: 'zeek',
  ms: true,
  layout: 'lines',
  header: [
    '#separator \\x09',
    '#set_separator\t,',
    '#empty_field\t(empty)',
    '#unset_field\t-',
    '#path\tssl',
    '#open\t2026-10-19-00-00-00',
    '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tversion\tcipher\tserver_name\tresumed\testablished',
    '#types\ttime\tstring\taddr\tport\taddr\tport\tstring\tstring\tstring\tbool\tbool',
  ],
  footer: ['#close\t2026-11-16-00-00-00'],
  line: (rec) =>
    [
      `${ts(rec.at)}000`,
      uid(rec),
      rec.who.address,
      digits(rec, 4, 5),
      addressOf(rec.host),
      rec.port,
      'TLSv13',
      'TLS_AES_128_GCM_SHA256',
      rec.host,
      'F',
      'T',
    ].join('\t'),
};

/** Zeek http.log as JSON: what is not encrypted, mostly inside the lab. */
export const zeekJson: Writer = {
  ...lines,
  format: 'zeek',
  ms: true,
  line: (rec) =>
    `{"ts":${ts(rec.at)},${JSON.stringify({
      uid: uid(rec),
      'id.orig_h': rec.who.address,
      'id.orig_p': Number(digits(rec, 4, 5)),
      'id.resp_h': /^[\d.]+$/.test(rec.host) ? rec.host : addressOf(rec.host),
      'id.resp_p': rec.port,
      trans_depth: 1,
      method: rec.method,
      host: rec.port === 80 ? rec.host : `${rec.host}:${rec.port}`,
      uri: rec.path || '/',
      version: '1.1',
      user_agent: rec.agent,
      request_body_len: rec.sent,
      response_body_len: rec.received,
      status_code: 200,
      status_msg: 'OK',
    }).slice(1)}`,
};
