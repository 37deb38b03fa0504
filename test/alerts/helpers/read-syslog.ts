// Readers of syslog and CEF by their specifications, which share no code with who writes them.

/** Messages of a stream with octets counted (RFC 6587, 3.4.1). */
export function unframe(bytes: Buffer): string[] {
  const messages: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(0x20, at);
    const count = bytes.subarray(at, blank).toString('latin1');
    if (blank < 0 || !/^[1-9]\d{0,5}$/.test(count)) throw new Error(`no count of octets at ${at}`);
    const end = blank + 1 + Number(count);
    if (end > bytes.length) throw new Error('a message is cut');
    messages.push(bytes.subarray(blank + 1, end).toString('utf8'));
    at = end;
  }
  return messages;
}

/** A message of RFC 5424 without structured data. */
export function parseSyslog(message: string) {
  const found = /^<(\d{1,3})>1 (\S+) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) - ([\s\S]*)$/.exec(message);
  if (found === null) throw new Error(`no syslog: ${message.slice(0, 100)}`);
  const [, pri, time = '', host = '', app = '', process = '', id = '', text = ''] = found;
  return { facility: Number(pri) >> 3, severity: Number(pri) & 7, time, host, app, process, id, text };
}

/** A CEF event: header by unescaped bars, then keys wherever a word stands before an unescaped equals sign. */
export function parseCef(line: string): { header: string[]; fields: Record<string, string> } {
  if (!line.startsWith('CEF:')) throw new Error('no CEF');
  const parts = line.slice(4).split(/(?<!\\)(?:\\\\)*\|/);
  const bars = [...line.slice(4).matchAll(/(?<!\\)(?:\\\\)*\|/g)];
  if (parts.length < 8 || bars.length < 7) throw new Error('no whole header');
  const ends = bars.slice(0, 7).map((bar) => bar.index + bar[0].length - 1);
  const rest = line.slice(4);
  const header = ends.map((end, i) =>
    rest.slice(i === 0 ? 0 : (ends[i - 1] ?? 0) + 1, end).replace(/\\([\\|])/g, '$1'),
  );
  const extension = rest.slice((ends[6] ?? 0) + 1);
  const keys = [...extension.matchAll(/(?:^| )([A-Za-z][A-Za-z0-9]*)=/g)];
  const fields: Record<string, string> = {};
  for (const [i, key] of keys.entries()) {
    const name = key[1] ?? '';
    if (name in fields) throw new Error(`${name} occurs twice`);
    const value = extension.slice(key.index + key[0].length, keys[i + 1]?.index ?? extension.length);
    fields[name] = value.replace(/\\([\\=nr])/g, (_, char: string) =>
      char === 'n' ? '\n' : char === 'r' ? '\r' : char,
    );
  }
  return { header, fields };
}
