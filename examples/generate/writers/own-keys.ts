import { isoTime } from '../time.js';
import type { Writer } from '../types.js';
import { csv, lines, splitPath, status } from './shared.js';

/** JSON lines whose keys are those that `halflight parse` prints: read without a mapping file. */
export const jsonLines: Writer = {
  ...lines,
  format: 'json-lines',
  line: (rec) =>
    JSON.stringify({
      time: isoTime(rec.at),
      user: rec.who.email,
      src_ip: rec.who.address,
      host: rec.host,
      port: rec.port,
      path: splitPath(rec).path,
      method: rec.method,
      status: status(rec),
      action: rec.blocked ? 'blocked' : 'allowed',
      bytes_out: rec.sent,
      bytes_in: rec.received,
      user_agent: rec.agent,
    }),
};

/** The same keys as `key=value` pairs. */
export const keyValue: Writer = {
  ...lines,
  format: 'key-value',
  line: (rec) =>
    `time=${isoTime(rec.at)} user=${rec.who.email} src_ip=${rec.who.address} host=${rec.host} port=${rec.port} ` +
    `path="${splitPath(rec).path}" method=${rec.method} status=${status(rec)} action=${rec.blocked ? 'blocked' : 'allowed'} ` +
    `bytes_out=${rec.sent} bytes_in=${rec.received} user_agent="${rec.agent}"`,
};

/** CSV with the same keys as columns; it knows devices, not people. */
export const csvLog: Writer = {
  ...lines,
  format: 'csv',
  header: ['time,device,src_ip,host,port,path,method,status,action,bytes_out,bytes_in'],
  line: (rec) =>
    csv([
      isoTime(rec.at),
      rec.who.device,
      rec.who.address,
      rec.host,
      rec.port,
      splitPath(rec).path,
      rec.method,
      status(rec),
      rec.blocked ? 'blocked' : 'allowed',
      rec.sent,
      rec.received,
    ]),
};
