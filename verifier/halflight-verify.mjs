#!/usr/bin/env node
// Checks an evidence bundle of Halflight. One file, nothing but Node.js 20.19 or later, and not one line of the program that made the
// bundle: read it from top to bottom before you trust it. It reads the files named on the command line, writes to standard output and
// standard error, and does nothing else. docs/evidence-format.md says what a bundle is.
//
//   node halflight-verify.mjs BUNDLE.zip --key KEY [--key-name NAME] [--tsa-cert FILE] [--json]
//   node halflight-verify.mjs BUNDLE.zip --key KEY --trace ID [--raw LOGFILE]
//
// Exit code: 0 everything is as it was signed; 1 something is not; 2 wrong arguments; 3 a file could not be read.

import { createHash, createPublicKey, hash as hashOf, verify, X509Certificate } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync, readFileSync, readSync, realpathSync } from 'node:fs';
import { crc32, createGunzip, createInflateRaw } from 'node:zlib';

const LISTED = [
  'README.txt',
  'summary.json',
  'findings.ndjson',
  'evidence.ndjson',
  'usage.csv',
  'numbers.ndjson',
  'chunks.ndjson',
  'inventory.json',
  'decisions.ndjson',
  'coverage.ndjson',
  'audit.ndjson',
  'audit-checkpoint.txt',
];
const STORED = { 'manifest.json': 1 << 20, 'manifest.note': 1 << 14, 'timestamp.tsr': 1 << 16 };
const EXPECTED = [...LISTED, 'manifest.json', 'manifest.note'];
const POSSIBLE = [...EXPECTED, 'timestamp.tsr'];
const COUNTS = ['events', 'attempts', 'bytes_out', 'bytes_in'];
const COLUMNS =
  'row,day,service,vendor,actor,actor_kind,group,source,account_kind,strength,events,attempts,bytes_out,bytes_in,first,last';
const MAX_LINE = 1 << 24;
const MAX_TEXT = 1 << 28;
const MAX_PROBLEMS = 100;

/** Something about the bundle is wrong. `code` says in which part. */
class Bad extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const sha256 = (bytes) => hashOf('sha256', bytes, 'hex');
const hash256 = (bytes) => Buffer.from(hashOf('sha256', bytes, 'binary'), 'latin1');
const isHex = (text) => typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const isText = (value) => typeof value === 'string';
const isWhole = (value) => Number.isSafeInteger(value);
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
/** Text of a bundle on a terminal: without anything that a terminal obeys. */
const shown = (value) =>
  String(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);

// ---------------------------------------------------------------- bytes

/** Bytes to be read at a place: of a buffer, or of a file. */
export const bufferSource = (bytes) => ({ size: bytes.length, read: (at, length) => bytes.subarray(at, at + length) });

export function fileSource(path) {
  const file = openSync(path, 'r');
  const stat = fstatSync(file);
  if (!stat.isFile()) {
    closeSync(file);
    throw new Error('is no file');
  }
  const read = (at, length) => {
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, stat.size - at)));
    for (let done = 0; done < bytes.length; ) {
      const count = readSync(file, bytes, done, bytes.length - done, at + done);
      if (count === 0) return bytes.subarray(0, done);
      done += count;
    }
    return bytes;
  };
  return { size: stat.size, read, close: () => closeSync(file) };
}

function* piecesOf(source, at, length) {
  for (let done = 0; done < length; done += 1 << 18) yield source.read(at + done, Math.min(1 << 18, length - done));
}

// ---------------------------------------------------------------- archive

/**
 * The entries of the archive. There is one way to write a bundle: every header is built anew from what it has to say, and compared byte
 * by byte. So nothing can stand before, between or behind the entries, none is encrypted, a link or hidden under another name, and what
 * the directory says is what the entry says.
 */
function readArchive(source) {
  if (source.size < 22) throw new Bad('archive', 'it is too short for an archive');
  const end = source.read(source.size - 22, 22);
  const [count, directoryBytes, directoryAt] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)];
  if (!end.equals(endRecord(count, directoryBytes, directoryAt)))
    throw new Bad('archive', 'it is no zip archive, or it has something behind its end');
  if (directoryAt + directoryBytes + 22 !== source.size)
    throw new Bad('archive', 'its parts do not lie one behind the other: something was added, cut or moved');
  if (count > POSSIBLE.length || directoryBytes > count * 110)
    throw new Bad('archive', `it says it has ${count} files`);
  const directory = source.read(directoryAt, directoryBytes);
  const entries = [];
  let [place, offset, date] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    if (place + 46 > directory.length) throw new Bad('archive', 'its directory is cut');
    const record = directory.subarray(place);
    if (i === 0) date = record.readUInt16LE(14);
    const name = record.subarray(46, 46 + record.readUInt16LE(28)).toString('latin1');
    const entry = {
      name,
      deflated: LISTED.includes(name),
      date,
      crc: record.readUInt32LE(16),
      packed: record.readUInt32LE(20),
      bytes: record.readUInt32LE(24),
      offset,
    };
    const wanted = POSSIBLE[i];
    if (name !== wanted) throw new Bad('archive', whatIsAt(i, name, wanted, entries));
    if (!record.subarray(0, 46 + name.length).equals(centralRecord(entry)))
      throw new Bad('archive', `${name}: ${oddity(record)}`);
    const local = localHeader(entry);
    if (!source.read(offset, local.length).equals(local))
      throw new Bad('archive', `${name}: what stands before it is not what the directory says`);
    entry.at = offset + local.length;
    offset = entry.at + entry.packed;
    place += 46 + name.length;
    if (name in STORED && (entry.bytes !== entry.packed || entry.bytes > STORED[name]))
      throw new Bad('archive', `${name}: ${entry.bytes} bytes are no size that it can have`);
    entries.push(entry);
  }
  if (count < EXPECTED.length) throw new Bad('archive', `${EXPECTED[count]} is missing`);
  if (place !== directory.length || offset !== directoryAt)
    throw new Bad('archive', 'there is something between its files and their directory');
  return entries;
}

function whatIsAt(i, name, wanted, before) {
  if (before.some((entry) => entry.name === name)) return `${shown(name)} is in it twice`;
  if (!LISTED.includes(name) && !(name in STORED)) return `"${shown(name)}" is no file of a bundle`;
  return `file ${i + 1} is ${shown(name)}, and has to be ${wanted ?? 'none'}: one is missing, or they were put in another order`;
}

function oddity(record) {
  if ((record.readUInt16LE(8) & 1) === 1) return 'it is encrypted';
  if (((record.readUInt32LE(38) >>> 28) & 15) === 10) return 'it is a link';
  return 'its entry in the directory is not what a bundle has';
}

function sharedFields({ name, deflated, date, crc, packed, bytes }) {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(deflated ? 8 : 0, 4);
  fields.writeUInt16LE(date, 8);
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(packed, 14);
  fields.writeUInt32LE(bytes, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}

const localHeader = (entry) =>
  Buffer.concat([Buffer.from('504b0304', 'hex'), sharedFields(entry), Buffer.from(entry.name)]);

function centralRecord(entry) {
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(0x81a40000, 6);
  tail.writeUInt32LE(entry.offset, 10);
  return Buffer.concat([Buffer.from('504b01021403', 'hex'), sharedFields(entry), tail, Buffer.from(entry.name)]);
}

function endRecord(count, directoryBytes, directoryAt) {
  const record = Buffer.alloc(22);
  record.write('504b0506', 'hex');
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(directoryBytes, 12);
  record.writeUInt32LE(directoryAt, 16);
  return record;
}

function zipDate(day) {
  const [year, month, date] = day.split('-').map(Number);
  if (year < 1980) return 0x21;
  if (year > 2107) return 0xff9f;
  return ((year - 1980) << 9) | (month << 5) | date;
}

function storedBytes(source, entry) {
  const bytes = source.read(entry.at, entry.packed);
  if (crc32(bytes) !== entry.crc) throw new Bad('archive', `${entry.name}: its checksum does not fit`);
  return bytes;
}

// ---------------------------------------------------------------- keys and notes

/** A key as C2SP writes it, `NAME+ID+BASE64`, or a PEM and its name. Undefined: it is neither. */
export function readKey(text, name) {
  const [, named, id, encoded] = /^([^\s+]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/u.exec(text.trim()) ?? [];
  if (named !== undefined) {
    const bytes = Buffer.from(encoded, 'base64');
    if (bytes.length !== 33 || bytes[0] !== 1 || bytes.toString('base64') !== encoded) return undefined;
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes.subarray(1)]);
    const key = {
      name: named,
      id: keyId(named, bytes),
      public: createPublicKey({ key: spki, format: 'der', type: 'spki' }),
    };
    return key.id.toString('hex') === id ? key : undefined;
  }
  if (name === undefined || !text.includes('-----BEGIN PUBLIC KEY-----')) return undefined;
  try {
    const key = createPublicKey(text);
    if (key.asymmetricKeyType !== 'ed25519') return undefined;
    const raw = key.export({ format: 'der', type: 'spki' }).subarray(-32);
    return { name, id: keyId(name, Buffer.concat([Buffer.of(1), raw])), public: key };
  } catch {
    return undefined;
  }
}

const keyId = (name, bytes) => createHash('sha256').update(`${name}\n`).update(bytes).digest().subarray(0, 4);

/** The text of a signed note (https://c2sp.org/signed-note) with one signature, by the key. */
function openNote(bytes, key, what) {
  const note = bytes.toString('utf8');
  const cut = note.lastIndexOf('\n\n');
  const text = note.slice(0, cut + 1);
  const [, name, encoded] = /^\u2014 ([^\s+]{1,200}) ([A-Za-z0-9+/]+={0,2})\n$/u.exec(note.slice(cut + 2)) ?? [];
  if (cut < 0 || encoded === undefined || !Buffer.from(note).equals(bytes))
    throw new Bad('signature', `${what} is no note with one signature`);
  const signature = Buffer.from(encoded, 'base64');
  if (name !== key.name || !signature.subarray(0, 4).equals(key.id))
    throw new Bad('signature', `${what} is signed with another key than yours, "${shown(name)}"`);
  const whole = signature.length === 68 && signature.toString('base64') === encoded;
  if (!whole || !verify(null, Buffer.from(text), key.public, signature.subarray(4)))
    throw new Bad('signature', `${what}: the signature does not fit; it was changed, or signed with another key`);
  return text;
}

// ---------------------------------------------------------------- time stamp (RFC 3161, 5652, 5035)

const OID = {
  signedData: '06092a864886f70d010702',
  timeStampInfo: '060b2a864886f70d0109100104',
  contentType: '06092a864886f70d010903',
  messageDigest: '06092a864886f70d010904',
  certificate: '060b2a864886f70d010910020c',
  certificateV2: '060b2a864886f70d010910022f',
  extendedKeyUsage: '0603551d25',
  timeStamping: '06082b06010505070308',
  rsa: '06092a864886f70d010101',
  sha256: '0609608648016503040201',
  sha384: '0609608648016503040202',
  sha512: '0609608648016503040203',
  rsa_sha256: '06092a864886f70d01010b',
  rsa_sha384: '06092a864886f70d01010c',
  rsa_sha512: '06092a864886f70d01010d',
  ec_sha256: '06082a8648ce3d040302',
  ec_sha384: '06082a8648ce3d040303',
  ec_sha512: '06082a8648ce3d040304',
};
const hex = (bytes) => bytes.toString('hex');
const notDer = (why) => new Bad('timestamp', `timestamp.tsr is no time stamp: ${why}`);

/** The elements of DER (X.690) that stand one behind the other: `{ tag, content, whole }`. Lengths have one form. */
function elementsOf(bytes) {
  const elements = [];
  for (let at = 0; at < bytes.length; ) {
    const [tag, first = 0x80] = bytes.subarray(at, at + 2);
    let [length, start] = [first, at + 2];
    if ((tag & 31) === 31 || first === 0x80 || first > 0x83) throw notDer('it is not DER');
    if (first > 0x80) {
      const digits = bytes.subarray(start, start + first - 0x80);
      length = digits.reduce((sum, digit) => sum * 256 + digit, 0);
      start += first - 0x80;
      if (digits[0] === 0 || length < 0x80) throw notDer('it is not DER');
    }
    if (start + length > bytes.length) throw notDer('it is cut');
    elements.push({ tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) });
    at = start + length;
  }
  return elements;
}

/** What an element holds, which has to be elements of these tags; a tag in brackets need not be there. */
function fieldsOf(element, tag, wanted) {
  if (element?.tag !== tag) throw notDer('something else stands where a field has to be');
  const elements = elementsOf(element.content);
  const fields = wanted.map((each) => {
    const [of, needed] = Array.isArray(each) ? [each[0], false] : [each, true];
    if (elements[0]?.tag === of) return elements.shift();
    if (needed) throw notDer('a field is missing');
    return undefined;
  });
  if (elements.length > 0) throw notDer('it has a field more');
  return fields;
}

/** An algorithm without parameters, or with the one that says that there are none. */
const isAlgorithm = (element, oid, bare = true, none = true) => {
  const found = hex(element.content);
  return (bare && found === oid) || (none && found === `${oid}0500`);
};

/** Reads what a bundle may hold as timestamp.tsr. */
function readStamp(bytes) {
  const outer = elementsOf(bytes);
  if (outer.length !== 1) throw notDer('something stands behind it');
  const [status, token] = fieldsOf(outer[0], 0x30, [0x30, 0x30]);
  if (hex(status.whole) !== '3003020100') throw notDer('its status is not that of one that was granted');
  const [type, wrapped] = fieldsOf(token, 0x30, [0x06, 0xa0]);
  const [data] = fieldsOf(wrapped, 0xa0, [0x30]);
  const [version, algorithms, content, certificates, signers] = fieldsOf(data, 0x30, [0x02, 0x31, 0x30, 0xa0, 0x31]);
  const [algorithm] = fieldsOf(algorithms, 0x31, [0x30]);
  const [contentType, contentWrapped] = fieldsOf(content, 0x30, [0x06, 0xa0]);
  const [info] = fieldsOf(contentWrapped, 0xa0, [0x04]);
  const known =
    hex(type.whole) === OID.signedData &&
    hex(version.whole) === '020103' &&
    hex(contentType.whole) === OID.timeStampInfo;
  if (!known) throw notDer('it is signed data of another kind');
  const found = elementsOf(certificates.content);
  if (found.length > 10) throw notDer('it has too many certificates');
  const certs = found.map(certificateIn);
  const [signerInfo] = fieldsOf(signers, 0x31, [0x30]);
  const fields = [0x02, 0x30, 0x30, 0xa0, 0x30, 0x04];
  const [signerVersion, name, digestAlgorithm, attributes, signatureAlgorithm, signature] = fieldsOf(
    signerInfo,
    0x30,
    fields,
  );
  const signer = certs.find((cert) => cert.name === hex(name.content));
  if (signer === undefined) throw notDer('the certificate of who signed it is missing');
  const digest = ['sha256', 'sha384', 'sha512'].find((each) => isAlgorithm(digestAlgorithm, OID[each]));
  const isRsa =
    isAlgorithm(signatureAlgorithm, OID.rsa, false) || isAlgorithm(signatureAlgorithm, OID[`rsa_${digest}`], false);
  const isEc = isAlgorithm(signatureAlgorithm, OID[`ec_${digest}`], true, false);
  const same = hex(algorithm.whole) === hex(digestAlgorithm.whole) && hex(signerVersion.whole) === '020101';
  if (digest === undefined || !same || (!isRsa && !isEc)) throw notDer('its algorithms are not known');
  return {
    ...stampInfo(info.content),
    info: info.content,
    certs: certs.map(({ cert }) => cert),
    signer: signer.cert,
    digest,
    keyType: isRsa ? 'rsa' : 'ec',
    attributes: attributesIn(attributes),
    // As a set of its own: that is what is signed.
    signed: Buffer.concat([Buffer.of(0x31), attributes.whole.subarray(1)]),
    signature: signature.content,
  };
}

function certificateIn(element) {
  let cert;
  try {
    cert = new X509Certificate(element.whole);
  } catch {
    throw notDer('a certificate in it cannot be read');
  }
  if (element.tag !== 0x30 || !cert.raw.equals(element.whole)) throw notDer('a certificate in it cannot be read');
  const fields = elementsOf(elementsOf(element.content)[0].content);
  if (fields[0].tag === 0xa0) fields.shift();
  const [serial, , issuer] = fields;
  return { cert, name: hex(issuer.whole) + hex(serial.whole) };
}

function stampInfo(bytes) {
  const [info, more] = elementsOf(bytes);
  if (more !== undefined) throw notDer('it says more than it may');
  const wanted = [0x02, 0x06, 0x30, 0x02, 0x18, [0x30], [0x01], [0x02], [0xa0], [0xa1]];
  const [version, , imprint, , time] = fieldsOf(info, 0x30, wanted);
  const [algorithm, hash] = fieldsOf(imprint, 0x30, [0x30, 0x04]);
  if (hex(version.whole) !== '020101' || !isAlgorithm(algorithm, OID.sha256)) throw notDer('it is over another hash');
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{0,8}[1-9]))?Z$/.exec(time.content.toString('latin1'));
  const [, y, mo, d, h, mi, s, part = ''] = parts ?? [];
  const at = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}.${part.padEnd(3, '0').slice(0, 3)}Z`);
  if (Number.isNaN(at)) throw notDer('its time is none');
  return { imprint: hash.content, at };
}

function attributesIn(set) {
  const found = {};
  for (const element of elementsOf(set.content)) {
    const [name, values] = fieldsOf(element, 0x30, [0x06, 0x31]);
    if (hex(name.whole) in found) throw notDer('an attribute is in it twice');
    found[hex(name.whole)] = values;
  }
  const one = (oid, tag) => found[oid] && fieldsOf(found[oid], 0x31, [tag])[0];
  const [type, digest] = [one(OID.contentType, 0x06), one(OID.messageDigest, 0x04)];
  const [second, first] = [one(OID.certificateV2, 0x30), one(OID.certificate, 0x30)];
  if (type === undefined || digest === undefined || (second ?? first) === undefined)
    throw notDer('its signature does not say what it is over');
  // The first certificate id is that of the signer; of the older kind it is by SHA-1, else by SHA-256 where none is named.
  const ids = elementsOf((second ?? first).content)[0];
  const id = elementsOf(ids?.tag === 0x30 ? (elementsOf(ids.content)[0]?.content ?? Buffer.alloc(0)) : Buffer.alloc(0));
  const named = second !== undefined && id[0]?.tag === 0x30 ? id.shift() : undefined;
  const own = named && ['sha256', 'sha384', 'sha512'].find((each) => isAlgorithm(named, OID[each]));
  if (id[0]?.tag !== 0x04 || (named !== undefined && own === undefined)) throw notDer('it names no certificate');
  return {
    type: hex(type.whole),
    digest: digest.content,
    certificate: { digest: second === undefined ? 'sha1' : (own ?? 'sha256'), hash: hex(id[0].content) },
  };
}

/** The certificate of a PEM; null: it is none. */
export function readCertificate(pem) {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

/** Whether the extended key usage is critical and names time stamps alone. */
function isForStamps(cert) {
  const extensions = elementsOf(elementsOf(elementsOf(cert.raw)[0].content)[0].content).find(({ tag }) => tag === 0xa3);
  for (const { content } of extensions === undefined ? [] : elementsOf(elementsOf(extensions.content)[0].content)) {
    const [name, critical, value] = elementsOf(content);
    if (hex(name.whole) === OID.extendedKeyUsage)
      return hex(critical.whole) === '0101ff' && hex(elementsOf(value.content)[0].content) === OID.timeStamping;
  }
  return false;
}

/**
 * Checks the time stamp of a note: that it is of this note and fits in itself; with a certificate also that it is by that authority, or
 * by one that it certified. Returns `{ at, by, trusted }`.
 */
function checkStamp(bytes, note, authority) {
  const stamp = readStamp(bytes);
  const { signer, attributes, at, certs } = stamp;
  const need = (good, what) => {
    if (!good) throw new Bad('timestamp', `timestamp.tsr ${what}`);
  };
  need(hex(stamp.imprint) === sha256(note), 'is of something else than this bundle');
  need(attributes.type === OID.timeStampInfo, 'is signed as something else');
  need(createHash(stamp.digest).update(stamp.info).digest().equals(attributes.digest), 'was changed');
  const { digest, hash } = attributes.certificate;
  need(hashOf(digest, signer.raw, 'hex') === hash, 'names another certificate than that which it brings');
  need(signer.publicKey.asymmetricKeyType === stamp.keyType, 'is signed with another kind of key');
  need(verify(stamp.digest, stamp.signed, signer.publicKey, stamp.signature), 'has a signature that does not fit');
  if (authority !== undefined) {
    need(isForStamps(signer), 'is by a certificate that is not for time stamps alone');
    let [cert, trusted] = [signer, false];
    for (let step = 0; step < 5 && cert !== undefined && !trusted; step++) {
      const valid = Date.parse(cert.validFrom) <= at && at <= Date.parse(cert.validTo);
      need(valid, 'is of a time at which a certificate was not valid');
      trusted = cert.raw.equals(authority.raw);
      const below = cert;
      const isIssuer = (each) => each.ca && below.checkIssued(each) && below.verify(each.publicKey);
      cert = [authority, ...certs].find((each) => isIssuer(each) && !each.raw.equals(below.raw));
    }
    need(trusted, 'is not by the authority of the certificate that was given');
  }
  return {
    at: new Date(at).toISOString(),
    by: shown(signer.subject.split('\n').join(', ')),
    trusted: authority !== undefined,
  };
}

// ---------------------------------------------------------------- manifest

function readManifest(bytes) {
  let manifest;
  try {
    manifest = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Bad('manifest', 'manifest.json is no JSON');
  }
  if (manifest?.format !== 'halflight-evidence')
    throw new Bad('manifest', 'manifest.json is not that of an evidence bundle');
  if (manifest.version !== 1) throw new Bad('manifest', 'this is another version of the format, and I know 1');
  const { scope, files, audit, versions } = manifest;
  const day = (value) => isText(value) && /^\d{4}-\d\d-\d\d$/.test(value);
  const texts = (list) => Array.isArray(list) && list.every(isText);
  const good =
    isText(manifest.product) &&
    isText(manifest.signer) &&
    day(scope?.from) &&
    day(scope?.until) &&
    isText(scope.timezone) &&
    typeof scope.names === 'boolean' &&
    [scope.services, scope.findings, scope.entries].every(texts) &&
    isText(versions?.catalog) &&
    isCount(audit?.size) &&
    isText(audit.root) &&
    Buffer.from(audit.root, 'base64').toString('base64') === audit.root &&
    Buffer.from(audit.root, 'base64').length === 32 &&
    Array.isArray(files) &&
    files.length === LISTED.length &&
    files.every(
      (file, i) =>
        file?.name === LISTED[i] &&
        isCount(file.bytes) &&
        isHex(file.sha256) &&
        isCount(file.packed?.bytes) &&
        isHex(file.packed.sha256) &&
        (/\.(ndjson|csv)$/.test(file.name) ? isCount(file.records) : file.records === null),
    );
  if (!good) throw new Bad('manifest', 'manifest.json does not say what it has to');
  let again;
  try {
    again = `${JSON.stringify(manifest, null, 2)}\n`;
  } catch {
    // Nested deeper than anything that is written again.
  }
  if (again !== bytes.toString('utf8')) throw new Bad('manifest', 'manifest.json is written in another way');
  return manifest;
}

// ---------------------------------------------------------------- files

/** The bytes of a file, inflated piece by piece; never more than the manifest states. */
async function* contentOf(source, entry, file) {
  const hash = createHash('sha256');
  let [bytes, crc] = [0, 0];
  // Before anything is unpacked: what is stated may be more than an archive can hold.
  if (file.bytes !== entry.bytes) throw new Bad('file', `${file.name} is not what the manifest says`);
  const inflate = createInflateRaw({ chunkSize: 1 << 17 });
  const packed = piecesOf(source, entry.at, entry.packed);
  const feed = (error) => {
    if (error) return;
    const { value, done } = packed.next();
    if (done) inflate.end();
    else inflate.write(value, feed);
  };
  feed();
  try {
    for await (const piece of inflate) {
      bytes += piece.length;
      if (bytes > file.bytes) break;
      hash.update(piece);
      crc = crc32(piece, crc);
      yield piece;
    }
  } catch (error) {
    if (error instanceof Bad) throw error;
    throw new Bad('file', `${file.name} cannot be unpacked`);
  } finally {
    inflate.destroy();
  }
  if (bytes !== file.bytes || hash.digest('hex') !== file.sha256 || bytes !== entry.bytes || crc !== entry.crc)
    throw new Bad('file', `${file.name} is not what the manifest says`);
}

async function textOf(content) {
  const pieces = [];
  let bytes = 0;
  for await (const piece of content) {
    bytes += piece.length;
    if (bytes > MAX_TEXT) throw new Bad('file', 'a file is too large for what it is');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** The lines of a file, as many at a time as were unpacked together; the last ends like the others. */
async function* linesOf(content, name) {
  let [rest, restBytes] = [[], 0];
  for await (const piece of content) {
    const lines = [];
    let from = 0;
    for (let end = piece.indexOf(10); end !== -1; end = piece.indexOf(10, from)) {
      if (restBytes === 0) lines.push(piece.toString('utf8', from, end));
      else lines.push(Buffer.concat([...rest, piece.subarray(from, end)]).toString('utf8'));
      [rest, restBytes, from] = [[], 0, end + 1];
    }
    if (lines.length > 0) yield lines;
    if (from === piece.length) continue;
    rest.push(piece.subarray(from));
    restBytes += piece.length - from;
    if (restBytes > MAX_LINE) throw new Bad('file', `${name}: a line is longer than ${MAX_LINE} bytes`);
  }
  if (restBytes > 0) throw new Bad('file', `${name} ends in the middle of a line`);
}

function parse(text, where) {
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {}
  throw new Bad('record', `${where} is no JSON object`);
}

// ---------------------------------------------------------------- what the files say

/** A check for each file: called with each row, then with none. They share what they learn: chunks first, then what names them. */
function checksOf(manifest, key, state) {
  const need = (good, code, where, what) => {
    if (!good) throw new Bad(code, `${where}: ${what}`);
  };
  const spent = ({ spend }) => isObject(spend) && Object.values(spend).every(isWhole);
  const counts = (row, is) => isObject(row) && COUNTS.every((name) => is(row[name])) && spent(row);
  return {
    'chunks.ndjson': (row, where) => {
      need(isText(row.chunk) && isText(row.source) && isHex(row.sha256), 'record', where, 'it is no piece of input');
      need([row.lines, row.bytes, row.records].every(isCount), 'record', where, 'its sizes are no numbers');
      need(!state.chunks.has(row.chunk), 'record', where, 'this piece of input is named twice');
      const { records, records_with_events, skipped, rejected } = row;
      need([records_with_events, skipped, rejected].every(isCount), 'record', where, 'its sizes are no numbers');
      need(records === records_with_events + skipped + rejected, 'record', where, 'its records do not add up');
      state.chunks.set(row.chunk, { lines: row.lines, source: row.source, sha256: row.sha256 });
    },
    'numbers.ndjson': (row, where, number) => {
      need(row.row === number && counts(row, isCount), 'number', where, 'it is no row of numbers');
      const about = [row.day, row.service, row.account_kind, row.strength, row.source];
      need(about.every(isText) && Array.isArray(row.parts), 'number', where, 'it does not say what it is about');
      const left = COUNTS.map((name) => row[name]);
      const spend = new Map(Object.entries(row.spend));
      const takeAway = (part, is) => {
        need(counts(part, is), 'number', where, 'a part of it has no numbers');
        for (let i = 0; i < COUNTS.length; i++) left[i] -= part[COUNTS[i]];
        for (const currency of Object.keys(part.spend))
          spend.set(currency, (spend.get(currency) ?? 0) - part.spend[currency]);
        // Larger ones are not added exactly.
        need([...left, ...spend.values()].every(isWhole), 'number', where, 'its parts do not add up to it');
      };
      for (const part of row.parts) {
        takeAway(part, isCount);
        const chunk = state.chunks.get(part.chunk);
        need(chunk !== undefined, 'number', where, 'it comes from a piece of input that is not in chunks.ndjson');
        need(chunk.source === row.source, 'number', where, 'a part of it comes from another source');
        const [from, to] = Array.isArray(part.lines) ? part.lines : [];
        need(
          from === 1 && to === chunk.lines,
          'number',
          where,
          'a part of it names lines that its input does not have',
        );
      }
      if (row.rest !== null) takeAway(row.rest, isWhole);
      const nothing = left.every((amount) => amount === 0) && [...spend.values()].every((amount) => amount === 0);
      need(nothing, 'number', where, 'its parts do not add up to it');
      addUp(state, row);
      const { day, service, account_kind, strength } = row;
      const told = [row.row, day, service, account_kind, strength, ...COUNTS.map((name) => row[name])].map(String);
      state.rows.update(`${JSON.stringify(told)}\n`);
    },
    'usage.csv': (text, where, number) => {
      const cells = cellsOf(text);
      need(cells !== undefined, 'number', where, 'it is no row of a spreadsheet');
      need(number > 1 || cells.join() === COLUMNS, 'number', where, 'it has other columns');
      need(cells.length === 16, 'number', where, 'it has other columns');
      if (number === 1) return;
      const [row, day, service, , , , , , account, strength, ...numbers] = cells;
      state.sheet.update(`${JSON.stringify([row, day, service, account, strength, ...numbers.slice(0, 4)])}\n`);
    },
    'evidence.ndjson': (row, where) => {
      const chunk = state.chunks.get(row.chunk);
      need(chunk !== undefined, 'record', where, 'it comes from a piece of input that is not in chunks.ndjson');
      need(row.chunk_sha256 === chunk.sha256, 'record', where, 'its input has another hash in chunks.ndjson');
      need(
        isCount(row.line) && row.line >= 1 && row.line <= Math.max(1, chunk.lines),
        'record',
        where,
        'its input has no such line',
      );
      need(
        row.id === sha256(`${row.chunk}\n${row.line}\n${row.service}`).slice(0, 16),
        'record',
        where,
        'its id is not its own',
      );
      need(isText(row.service), 'record', where, 'it is about no service');
      need(isHex(row.record_sha256) && isText(row.sample), 'record', where, 'it has no sample or no hash');
      need(isText(row.signature) && isText(row.reason), 'record', where, 'it does not say what matched, and why');
    },
    'findings.ndjson': (row, where) => {
      need(isText(row.service) && isText(row.account_kind), 'record', where, 'it is about no service');
      need(row.id === `${row.service}/${row.account_kind}`, 'record', where, 'its id is not its own');
      need(!state.findings.has(row.id), 'record', where, 'this finding is named twice');
      need(isText(row.verdict) && Array.isArray(row.history), 'record', where, 'it has no verdict or no history');
      state.findings.add(row.id);
    },
    'audit.ndjson': (row, where) => {
      const { seq, at, who, action, subject, details, previous, hash, proof } = row;
      need(
        isCount(seq) && seq > state.audit.seq && isHex(hash) && isHex(previous),
        'audit',
        where,
        'it is out of order, or no record',
      );
      const link = seq === 1 ? '0'.repeat(64) : seq === state.audit.seq + 1 ? state.audit.hash : previous;
      need(previous === link, 'audit', where, 'it does not follow the record before it');
      need(isWhole(at) && isText(who) && isText(action), 'audit', where, 'it is no record');
      need(typeof row.withheld === 'boolean', 'audit', where, 'it is no record');
      if (row.withheld)
        need(subject === null && details === null, 'audit', where, 'what nothing can prove stands in it');
      else {
        need(isText(subject) && isText(details), 'audit', where, 'it is not whole');
        const own = sha256(JSON.stringify([seq, at, who, action, subject, details, previous]));
        need(own === hash, 'audit', where, 'its hash does not fit what it says');
      }
      need(Array.isArray(proof) && proof.every(isText), 'audit', where, 'it has no proof');
      const nodes = proof.map((node) => Buffer.from(node, 'base64'));
      const leaf = hash256(Buffer.concat([Buffer.of(0), Buffer.from(hash, 'hex')]));
      const root = Buffer.from(manifest.audit.root, 'base64');
      need(
        isIncluded(seq - 1, manifest.audit.size, leaf, nodes, root),
        'audit',
        where,
        'it does not stand in the log of the checkpoint',
      );
      state.audit = { seq, hash };
    },
    'audit-checkpoint.txt': (text) => {
      const [origin, size, root, epoch, time, head] = openNote(Buffer.from(text), key, 'audit-checkpoint.txt').split(
        '\n',
      );
      const number = /^epoch ([1-9]\d{0,8})$/.exec(epoch ?? '')?.[1];
      const named = number === '1' ? key.name : `${key.name}/${number}`;
      need(
        origin === named && /^time \d{4}(-\d\d){2}T\d\d(:\d\d){2}\.\d{3}Z$/.test(time ?? '') && isHex(head?.slice(5)),
        'audit',
        'audit-checkpoint.txt',
        'it is no checkpoint of this log',
      );
      need(head.startsWith('head '), 'audit', 'audit-checkpoint.txt', 'it is no checkpoint of this log');
      const same = size === String(manifest.audit.size) && root === manifest.audit.root;
      need(same, 'audit', 'audit-checkpoint.txt', 'it is of another log than the manifest says');
    },
    'summary.json': (text) => {
      const services = [...state.sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
      const added = `${JSON.stringify({ total: state.total, services }, null, 2)}\n`;
      need(text === added, 'number', 'summary.json', 'its sums are not those of numbers.ndjson');
    },
    'inventory.json': (text) => {
      const { hash, entries } = parse(text, 'inventory.json');
      need(Array.isArray(entries), 'record', 'inventory.json', 'it has no entries');
      need(
        hash === manifest.versions.inventory,
        'record',
        'inventory.json',
        'it is of another version than the manifest says',
      );
    },
    'coverage.ndjson': (row, where) => need(isText(row.kind), 'record', where, 'it has no kind'),
    'decisions.ndjson': (row, where) => need(isText(row.about), 'record', where, 'it is about nothing'),
    'README.txt': () => {},
  };
}

const zeroSum = (more) => ({ ...more, rows: 0, events: 0, attempts: 0, bytes_out: 0, bytes_in: 0, not_traced: 0 });

function addUp(state, row) {
  const key = `${row.service}/${row.account_kind}`;
  if (!state.sums.has(key)) state.sums.set(key, zeroSum({ service: row.service, account_kind: row.account_kind }));
  for (const sum of [state.sums.get(key), state.total]) {
    sum.rows++;
    for (const name of COUNTS) sum[name] += row[name];
    if (row.rest !== null) sum.not_traced++;
  }
}

/** RFC 9162, section 2.1.3.2. */
function isIncluded(index, size, leaf, proof, root) {
  if (index >= size) return false;
  const half = (n) => Math.floor(n / 2);
  let [fn, sn, node] = [index, size - 1, leaf];
  for (const part of proof) {
    if (sn === 0 || part.length !== 32) return false;
    const left = fn % 2 === 1 || fn === sn;
    node = hash256(Buffer.concat([Buffer.of(1), ...(left ? [part, node] : [node, part])]));
    if (left) while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && node.equals(root);
}

/** Cells of a row of RFC 4180 that ends in CR, without line breaks in cells. Undefined: it can be read in more than one way. */
function cellsOf(row) {
  if (row.indexOf('\r') !== row.length - 1) return undefined;
  const line = row.slice(0, -1);
  if (!line.includes('"')) return line.split(',');
  const cells = [];
  const cell = /(?:"([^"]*(?:""[^"]*)*)"|([^",]*))(,|$)/y;
  for (let more = true; more; ) {
    const found = cell.exec(line);
    if (found === null) return undefined;
    const [, quoted, plain, end] = found;
    cells.push(quoted?.replaceAll('""', '"') ?? plain);
    more = end === ',';
  }
  return cells;
}

// ---------------------------------------------------------------- the whole

/** In this order, so that what names another file is checked behind it. */
const ORDER = [
  'chunks.ndjson',
  'numbers.ndjson',
  'summary.json',
  'usage.csv',
  'evidence.ndjson',
  'findings.ndjson',
  'audit-checkpoint.txt',
  'audit.ndjson',
  'inventory.json',
  'decisions.ndjson',
  'coverage.ndjson',
  'README.txt',
];

/**
 * Checks a bundle. `key`: what readKey gave. `authority`: certificate of who stamps the time, or of who certified it.
 * Returns `{ ok, problems: [{ code, message }], manifest, records, timestamp }`; never throws for what a bundle holds.
 */
export async function checkBundle(source, key, authority) {
  const problems = [];
  const result = { ok: false, problems, manifest: undefined, records: 0, timestamp: null };
  const note = (error) => {
    if (!(error instanceof Bad)) throw error;
    if (problems.length < MAX_PROBLEMS) problems.push({ code: error.code, message: error.message });
  };
  try {
    const entries = new Map(readArchive(source).map((entry) => [entry.name, entry]));
    const manifestBytes = storedBytes(source, entries.get('manifest.json'));
    const noteBytes = storedBytes(source, entries.get('manifest.note'));
    // Before anything in the manifest is believed, and long before anything is unpacked.
    const text = openNote(noteBytes, key, 'manifest.note');
    if (text !== `halflight evidence bundle 1\nmanifest sha256 ${sha256(manifestBytes)}\n`)
      throw new Bad('signature', 'manifest.json is not the one that was signed');
    const manifest = readManifest(manifestBytes);
    result.manifest = manifest;
    if (manifest.signer !== key.name)
      throw new Bad('manifest', 'the manifest names another key than the one that signed it');
    if (entries.get('README.txt').date !== zipDate(manifest.scope.until))
      throw new Bad('archive', 'its files have another date');
    const stamp = entries.get('timestamp.tsr');
    if (stamp !== undefined) result.timestamp = checkStamp(storedBytes(source, stamp), noteBytes, authority);
    else if (authority !== undefined) throw new Bad('timestamp', 'there is no time stamp');
    const state = {
      chunks: new Map(),
      findings: new Set(),
      sums: new Map(),
      total: zeroSum({}),
      rows: createHash('sha256'),
      sheet: createHash('sha256'),
      audit: { seq: 0, hash: '' },
    };
    const checks = checksOf(manifest, key, state);
    const whole = manifest.files.filter((file) => {
      const entry = entries.get(file.name);
      const hash = createHash('sha256');
      for (const piece of piecesOf(source, entry.at, entry.packed)) hash.update(piece);
      if (entry.packed === file.packed.bytes && hash.digest('hex') === file.packed.sha256) return true;
      note(new Bad('file', `${file.name} is not what the manifest says`));
      return false;
    });
    // Only what is whole is unpacked: nothing inflates that the key has not signed.
    if (whole.length === LISTED.length)
      for (const name of ORDER) {
        const file = manifest.files.find((each) => each.name === name);
        try {
          result.records += await checkFile(contentOf(source, entries.get(name), file), file, checks[name], note);
        } catch (error) {
          note(error);
        }
      }
    if (problems.length === 0 && state.rows.digest('hex') !== state.sheet.digest('hex'))
      throw new Bad('number', 'usage.csv does not say what numbers.ndjson says');
  } catch (error) {
    note(error);
  }
  result.ok = problems.length === 0;
  return result;
}

async function checkFile(content, file, check, note) {
  if (file.records === null) {
    check(await textOf(content));
    return 1;
  }
  const isSheet = file.name.endsWith('.csv');
  let rows = isSheet ? -1 : 0;
  let number = 0;
  for await (const lines of linesOf(content, file.name))
    for (const line of lines) {
      rows++;
      const where = `${file.name}, line ${++number}`;
      try {
        check(isSheet ? line : parse(line, where), where, number);
      } catch (error) {
        note(error);
      }
    }
  if (rows !== file.records)
    throw new Bad('file', `${file.name} has ${rows} records, and the manifest says ${file.records}`);
  return rows;
}

// ---------------------------------------------------------------- from a finding to its line

/**
 * The way from a finding or a kept record to its place in the input, as lines of text. Of a bundle that was checked and is whole. `raw`: file
 * with the original log; then the hashes of piece and record are computed from it. Returns `{ lines, ok }`; undefined: there is no such id.
 */
export async function traceRecord(source, manifest, id, raw) {
  const entries = new Map(readArchive(source).map((entry) => [entry.name, entry]));
  const rows = async function* (name) {
    const file = manifest.files.find((each) => each.name === name);
    for await (const lines of linesOf(contentOf(source, entries.get(name), file), name))
      for (const line of lines) yield parse(line, name);
  };
  // To the end, where the hash of the file is checked again: it may have been put in the place of the one that was.
  const found = async (name, is) => {
    let first;
    for await (const row of rows(name)) if (first === undefined && is(row)) first = row;
    return first;
  };
  const lines = [];
  const say = (label, value) => lines.push(`${`${label}:`.padEnd(15)}${shown(value)}`);
  const sayFinding = (finding) => {
    if (finding === undefined) return lines.push('Finding:       none of this bundle');
    say('Finding', `${finding.id}, ${finding.verdict} (${finding.state})`);
    say('  because', finding.reason);
  };
  const asked = await found('findings.ndjson', (row) => row.id === id);
  if (asked !== undefined) {
    sayFinding(asked);
    let count = 0;
    for await (const row of rows('evidence.ndjson')) {
      if (row.service !== asked.service || row.account_kind !== asked.account_kind) continue;
      if (++count <= 20) say('Record', `${row.id}  ${row.time}  ${row.actor}  ${row.reason}`);
    }
    if (count > 20) lines.push(`               and ${count - 20} more in evidence.ndjson`);
    if (count === 0) lines.push('Record:        none is kept of this period');
    else lines.push('', 'Each is followed to its place with --trace and its id.');
    return { lines, ok: true };
  }
  const hit = await found('evidence.ndjson', (row) => row.id === id);
  if (hit === undefined) return undefined;
  sayFinding(await found('findings.ndjson', (row) => row.id === `${hit.service}/${hit.account_kind}`));
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: manifest.scope.timezone, dateStyle: 'short' }).format(
    new Date(hit.time),
  );
  const same = ['service', 'account_kind', 'actor_kind', 'actor', 'strength', 'provenance'];
  const ofHit = (row) => row.day === day && same.every((name) => row[name] === hit[name]);
  const inHit = (row) => ofHit(row) && row.parts.some(({ chunk }) => chunk === hit.chunk);
  const number = (await found('numbers.ndjson', inHit)) ?? (await found('numbers.ndjson', ofHit));
  if (number === undefined) lines.push('Number:        none of this bundle');
  else {
    say(
      'Number',
      `row ${number.row}, ${number.day}, ${number.actor}: ${number.events} events, ${number.attempts} attempts`,
    );
    for (const part of number.parts)
      say(
        '  of it',
        `${part.events} events, ${part.attempts} attempts from lines ${part.lines.join(' to ')} of ${part.chunk}`,
      );
    if (number.rest !== null)
      say('  rest', `${number.rest.events} events, ${number.rest.attempts} attempts whose shares are no longer kept`);
  }
  const chunk = await found('chunks.ndjson', (row) => row.chunk === hit.chunk);
  say('Input', `${chunk.name} (${chunk.format}), ${chunk.bytes} bytes, ${chunk.lines} lines`);
  say('  SHA-256', chunk.sha256);
  say('Record', `line ${hit.line}, ${hit.time}`);
  say('  matched', `${hit.signature}: ${hit.reason}`);
  say('  SHA-256', hit.record_sha256);
  say('  as kept', hit.sample);
  if (raw === undefined) return { lines, ok: true };
  return { lines, ok: await sayRaw(raw, chunk, hit, say) };
}

async function sayRaw(raw, chunk, hit, say) {
  // A piece of a longer stream says from which byte to which; a whole file does not.
  // A part of a divided piece counts its lines from its first record on, with so many records before it.
  const part = isCount(chunk.part?.from_record) ? chunk.part : undefined;
  const [, from, to] = /[:#](\d+)-(\d+)$/.exec(part?.of ?? chunk.chunk) ?? [];
  const line = hit.line + (part?.from_record ?? 0);
  const whole = await readRaw(raw, line);
  const read =
    whole.sha256 === chunk.sha256 || from === undefined ? whole : await readRaw(raw, line, Number(from), Number(to));
  const isInput = read.sha256 === chunk.sha256;
  say('Original', isInput ? `${raw}: the same bytes` : `${raw}: OTHER BYTES, their SHA-256 is ${read.sha256}`);
  const record = (part && lineWith(read.window, hit.record_sha256)) ?? recordIn(read.window, hit.record_sha256);
  if (record === undefined) say('  its line', 'NO RECORD with this SHA-256 begins there');
  else say('  its line', record);
  return isInput && record !== undefined;
}

const WINDOW = 1 << 20;

/** The hash of a file, decompressed where it is gzip, and what begins at a line of it. */
async function readRaw(path, line, from = 0, to = Number.POSITIVE_INFINITY) {
  const file = createReadStream(path);
  const hash = createHash('sha256');
  const window = [];
  let [at, number, kept, unpack] = [0, 1, 0, undefined];
  const take = (bytes) => {
    const piece = bytes.subarray(Math.max(0, from - at), Math.max(0, Math.min(bytes.length, to - at)));
    at += bytes.length;
    hash.update(piece);
    let start = 0;
    while (number < line && start < piece.length) {
      const end = piece.indexOf(10, start);
      if (end === -1) return;
      number++;
      start = end + 1;
    }
    if (number < line || kept >= WINDOW) return;
    window.push(piece.subarray(start, start + WINDOW - kept));
    kept += window.at(-1).length;
  };
  for await (const piece of file) {
    if (at === 0 && unpack === undefined) unpack = piece[0] === 0x1f && piece[1] === 0x8b ? createGunzip() : null;
    if (unpack === null) take(piece);
    else break;
  }
  if (unpack) for await (const piece of createReadStream(path).pipe(unpack)) take(piece);
  return {
    sha256: hash.digest('hex'),
    window: Buffer.concat(window)
      .toString('utf8')
      .replace(/^\ufeff/, ''),
  };
}

/** The line with this hash: empty lines and records of several lines may have moved it down. */
function lineWith(window, hash) {
  for (const line of window.split('\n', 1000))
    for (const each of [line, line.replace(/\r$/, ''), line.trim()]) if (sha256(each) === hash) return each;
  return undefined;
}

/** The record with this hash: a line, several lines (a quoted line break), or an object of a JSON document. */
function recordIn(window, hash) {
  for (let end = window.indexOf('\n'), n = 0; n < 1000; n++) {
    const text = end === -1 ? window : window.slice(0, end);
    for (const each of [text, text.replace(/\r$/, ''), text.trim()]) if (sha256(each) === hash) return each;
    if (end === -1) break;
    end = window.indexOf('\n', end + 1);
  }
  const open = [];
  let quoted = false;
  for (let i = 0, tried = 0; i < window.length && tried < 20_000; i++) {
    const c = window[i];
    if (quoted) {
      if (c === '\\') i++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === '{' || c === '[') open.push(i);
    else if (c === '}' || c === ']') {
      const text = window.slice(open.pop() ?? i, i + 1);
      tried++;
      if (sha256(text) === hash) return text;
    }
  }
  return undefined;
}

// ---------------------------------------------------------------- command line

const USAGE = `usage: node halflight-verify.mjs BUNDLE.zip --key KEY [--key-name NAME] [--tsa-cert FILE] [--json]
       node halflight-verify.mjs BUNDLE.zip --key KEY --trace ID [--raw LOGFILE]

  --key KEY        the public key: NAME+ID+BASE64, or a file that holds this or a PEM
  --key-name NAME  name of the key, with a PEM
  --tsa-cert FILE  certificate (PEM) of who stamps the time, or of who certified it: a stamp has to be there
  --trace ID       follow a finding or a record to its place in the input
  --raw LOGFILE    with --trace: the original log, whose hashes are then computed
  --json           the result as JSON
`;

async function main(args) {
  const options = {};
  const files = [];
  for (let i = 0; i < args.length; i++) {
    const name = args[i];
    if (name === '--json') options.json = true;
    else if (['--key', '--key-name', '--tsa-cert', '--trace', '--raw'].includes(name) && args[i + 1] !== undefined)
      options[name.slice(2)] = args[++i];
    else if (name.startsWith('--') || files.length === 1)
      return usage(name === '--help' ? '' : `${shown(name)}: I do not know what that is`);
    else files.push(name);
  }
  if (files.length === 0) return usage('name the bundle');
  if (options.key === undefined)
    return usage('name the public key with --key: one that comes with the bundle would prove nothing');
  if (options.raw !== undefined && options.trace === undefined) return usage('--raw goes with --trace');
  let source;
  try {
    const keyText = options.key.includes('+') ? options.key : readFileSync(options.key, 'utf8');
    const key = readKey(keyText, options['key-name']);
    if (key === undefined)
      return usage('--key is no public key: give NAME+ID+BASE64, or a PEM of an Ed25519 key with --key-name');
    const authority = options['tsa-cert'] && readCertificate(readFileSync(options['tsa-cert'], 'utf8'));
    if (authority === null) return usage('--tsa-cert is no certificate: give one as PEM');
    source = fileSource(files[0]);
    const result = await checkBundle(source, key, authority);
    let trace;
    if (result.ok && options.trace !== undefined) {
      trace = await traceRecord(source, result.manifest, options.trace, options.raw);
      if (trace === undefined) return usage(`there is no finding and no record ${shown(options.trace)} in this bundle`);
    }
    print(result, options, trace);
    return result.ok && trace?.ok !== false ? 0 : 1;
  } catch (error) {
    if (error.code === undefined || error.syscall === undefined) {
      process.stderr.write(`halflight-verify: ${shown(files[0])} ${shown(error.message)}\n`);
      return 3;
    }
    process.stderr.write(`halflight-verify: ${shown(error.path ?? files[0])} could not be read (${error.code})\n`);
    return 3;
  } finally {
    source?.close();
  }
}

function usage(message) {
  if (message === '') process.stdout.write(USAGE);
  else process.stderr.write(`halflight-verify: ${message}\n\n${USAGE}`);
  return message === '' ? 0 : 2;
}

function print({ ok, problems, manifest, records, timestamp }, { json }, trace) {
  if (json) {
    const files = manifest?.files.map(({ name, records: count, bytes }) => ({ name, records: count, bytes })) ?? [];
    const out = {
      ok,
      problems,
      signer: ok ? manifest.signer : null,
      scope: ok ? manifest.scope : null,
      records,
      files,
      timestamp,
      trace: trace?.lines ?? null,
    };
    process.stdout.write(
      `${JSON.stringify(out, null, 2).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`,
    );
    return;
  }
  if (!ok) {
    process.stdout.write(
      `NOT GOOD: ${problems.length === 1 ? 'this is wrong' : `${problems.length} things are wrong`}.\n\n`,
    );
    for (const { code, message } of problems) process.stdout.write(`  ${code}: ${message}\n`);
    if (problems.length === MAX_PROBLEMS) process.stdout.write('  and perhaps more\n');
    return;
  }
  const { scope } = manifest;
  if (trace === undefined)
    process.stdout.write(
      [
        `GOOD: everything is as "${shown(manifest.signer)}" signed it.`,
        '',
        `  Period   from ${scope.from}, until before ${scope.until} (${shown(scope.timezone)})`,
        `  Checked  ${records} records in ${manifest.files.length} files; every number adds up from its parts`,
        ...(timestamp === null ? [] : [`  Time     ${stampText(timestamp)}`]),
        '',
        'README.txt in the bundle says what this does not prove.',
        '',
      ].join('\n'),
    );
  else process.stdout.write(`${trace.lines.join('\n')}\n`);
}

const stampText = ({ at, by, trusted }) =>
  trusted ? `signed before ${at}, as ${by} says` : `there is a time stamp of ${at}, not checked: give --tsa-cert`;

const isMain = () => {
  try {
    return realpathSync(process.argv[1]) === import.meta.filename;
  } catch {
    return false;
  }
};
if (isMain()) process.exitCode = await main(process.argv.slice(2));
