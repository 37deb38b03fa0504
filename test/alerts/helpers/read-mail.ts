export interface ReadMail {
  /** Header names in their order, lower case. */
  names: string[];
  headers: Record<string, string>;
  text: string;
}

/** Reads a mail of one plain-text part by RFC 5322, 2045 and 2047; shares no code with who writes it. Bytes as latin1 or text. */
export function readMail(mail: string): ReadMail {
  const cut = mail.indexOf('\r\n\r\n');
  const unfolded = mail.slice(0, cut).replace(/\r\n[ \t]/g, ' ');
  const pairs = unfolded.split('\r\n').map((line): [string, string] => {
    const colon = line.indexOf(':');
    if (colon < 1) throw new Error(`no header: ${JSON.stringify(line)}`);
    return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())];
  });
  const headers = Object.fromEntries(pairs);
  const body = mail.slice(cut + 4);
  const way = headers['content-transfer-encoding'];
  const bytes =
    way === 'base64'
      ? Buffer.from(body, 'base64')
      : way === 'quoted-printable'
        ? quoted(body)
        : Buffer.from(body, 'latin1');
  return { names: pairs.map(([name]) => name), headers, text: bytes.toString('utf8').replace(/\r\n/g, '\n') };
}

const quoted = (text: string): Buffer =>
  Buffer.from(
    text
      .replace(/=\r\n/g, '')
      .replace(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

/** Encoded words; blanks between two of them are none (RFC 2047, 6.2). Words of one charset are joined as bytes. */
function decodeWords(text: string): string {
  const word = /=\?utf-8\?([BQ])\?([^?]*)\?=/gi;
  const joined = text.replace(/(\?=)\s+(?==\?utf-8\?)/gi, '$1');
  return joined.replace(/(?:=\?utf-8\?[BQ]\?[^?]*\?=)+/gi, (run) =>
    Buffer.concat(
      [...run.matchAll(word)].map(([, way = '', data = '']) =>
        way.toUpperCase() === 'B' ? Buffer.from(data, 'base64') : quoted(data.replace(/_/g, ' ')),
      ),
    ).toString('utf8'),
  );
}
