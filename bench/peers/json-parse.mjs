// Peer for JSON lines: the same roll-up with JSON.parse on threads, a chunk of lines at a time as one array, which is the fastest
// way to parse all of it in plain JavaScript.
//   node json-parse.mjs LAYOUT LOG HOSTS.tsv THREADS
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const chunkBytes = 1 << 20;
const NEWLINE = 10;

/** What the roll-up needs of a record; undefined where the record does not count. */
const fields = {
  'zeek-json': (record) =>
    typeof record.ts === 'number' && {
      host: record.host,
      day: new Date(record.ts * 1000).toISOString().slice(0, 10),
      who: record['id.orig_h'],
      refused: record.status_code === 407,
      sent: record.request_body_len,
      received: record.response_body_len,
    },
  cloudflare: (record) => ({
    host: record.HTTPHost,
    day: record.Datetime.slice(0, 10),
    who: record.Email === '' ? record.SourceIP : record.Email,
    refused: record.Action === 'block',
    sent: 0,
    received: 0,
  }),
};
const hostOf = { 'zeek-json': (record) => record.host, cloudflare: (record) => record.HTTPHost };

if (isMainThread) {
  const [layout, log, hosts, threads = '2'] = process.argv.slice(2);
  const { size } = statSync(log);
  const count = Number(threads);
  const totals = new Map();
  await Promise.all(
    Array.from(
      { length: count },
      (_, i) =>
        new Promise((resolve, reject) => {
          const range = { from: Math.floor((size * i) / count), to: Math.floor((size * (i + 1)) / count) };
          const worker = new Worker(new URL(import.meta.url), { workerData: { layout, log, hosts, ...range } });
          worker.on('error', reject);
          worker.on('message', (rows) => {
            for (const [key, row] of rows) {
              const sum = totals.get(key);
              if (sum === undefined) totals.set(key, row);
              else for (const at of row.keys()) sum[at] += row[at];
            }
          });
          worker.on('exit', resolve);
        }),
    ),
  );
  process.stdout.write([...totals].map(([key, row]) => `${key}\t${row.join('\t')}\n`).join(''));
} else {
  const { layout, log, hosts, from, to } = workerData;
  const catalog = new Map(
    readFileSync(hosts, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t')),
  );
  const rows = new Map();
  /** Hosts repeat: the search through their labels is done once for each. */
  const known = new Map();
  const serviceOf = (host) => {
    let service = known.get(host);
    if (service !== undefined) return service;
    let name = host.toLowerCase().replace(/\.$/, '');
    service = '';
    for (;;) {
      const found = catalog.get(name);
      if (found !== undefined) {
        service = found;
        break;
      }
      const dot = name.indexOf('.');
      if (dot < 0) break;
      name = name.slice(dot + 1);
    }
    if (known.size > 200_000) known.clear();
    known.set(host, service);
    return service;
  };
  const add = (record) => {
    const service = serviceOf(hostOf[layout](record));
    if (service === '') return;
    const use = fields[layout](record);
    if (!use) return;
    const key = `${service}\t${use.day}\t${use.who}`;
    let row = rows.get(key);
    if (row === undefined) {
      row = [0, 0, 0, 0];
      rows.set(key, row);
    }
    if (use.refused) row[1]++;
    else {
      row[0]++;
      row[2] += use.sent;
      row[3] += use.received;
    }
  };
  const parse = (text) => {
    try {
      for (const record of JSON.parse(`[${text.replaceAll('\n', ',')}]`)) add(record);
    } catch {
      // A torn or blank line among them: one by one.
      for (const line of text.split('\n')) {
        let record;
        try {
          record = JSON.parse(line);
        } catch {
          continue;
        }
        add(record);
      }
    }
  };
  const file = openSync(log, 'r');
  const buffer = Buffer.allocUnsafe(chunkBytes * 2);
  // A line belongs to the range in which its first byte lies: the byte before the range tells whether one begins there.
  let at = Math.max(0, from - 1);
  let kept = 0;
  let start = from > 0;
  let done = false;
  while (!done) {
    const read = readSync(file, buffer, kept, chunkBytes, at);
    at += read;
    let end = kept + read;
    let begin = 0;
    if (start) {
      begin = buffer.indexOf(NEWLINE) + 1;
      start = false;
    }
    if (read === 0) done = true;
    else {
      // Behind the range's end: up to the end of the line that lies across it.
      if (at > to) {
        const border = Math.max(begin, end - (at - to));
        const line =
          border > 0 && buffer[border - 1] === NEWLINE ? border : buffer.subarray(0, end).indexOf(NEWLINE, border) + 1;
        if (line > 0) {
          end = line;
          done = true;
        }
      }
      end = buffer.lastIndexOf(NEWLINE, end - 1) + 1;
    }
    if (end > begin) parse(buffer.toString('utf8', begin, buffer[end - 1] === NEWLINE ? end - 1 : end));
    const whole = Math.max(end, begin);
    const total = kept + read;
    buffer.copy(buffer, 0, whole, total);
    kept = done ? 0 : total - whole;
  }
  closeSync(file);
  parentPort.postMessage([...rows]);
}
