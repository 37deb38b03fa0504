import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { type Der, DerError, DerReader, der, derInteger, tags } from './der.js';
import * as oids from './oids.js';

// Time stamps of RFC 3161: what is asked, and what an answer says. A bundle holds the answer with the shortest status and the token as the
// authority gave it, so that `openssl ts -verify` reads it as well.

const noParameters = Buffer.of(tags.null, 0);
const sha256 = der(tags.sequence, oids.digests[0]?.[1] ?? Buffer.alloc(0), noParameters);

/** A TimeStampReq for a SHA-256, with a nonce, and asking for the certificate of who answers. */
export function timestampRequest(imprint: Uint8Array): { bytes: Buffer; nonce: Buffer } {
  const nonce = derInteger(Buffer.concat([Buffer.of(1), randomBytes(15)]));
  const bytes = der(
    tags.sequence,
    derInteger(Buffer.of(1)),
    der(tags.sequence, sha256, der(tags.octets, imprint)),
    nonce,
    der(tags.boolean, Buffer.of(0xff)),
  );
  return { bytes, nonce };
}

/** What a token says, and all that is needed to check who says so. */
export interface TimestampToken {
  /** SHA-256 of what was stamped. */
  imprint: Buffer;
  /** Milliseconds since 1970. */
  at: number;
  /** As it was in the question, with tag and length. */
  nonce: Buffer | undefined;
  /** What the token is about, as it is signed. */
  info: Buffer;
  digest: oids.DigestName;
  kind: 'rsa' | 'ec';
  /** As they are signed, and the fields of them. */
  attributes: { signed: Buffer; contentType: Buffer; messageDigest: Buffer; certificate: CertificateId };
  signature: Buffer;
  signer: X509Certificate;
  /** All that the token brings along. */
  certificates: readonly X509Certificate[];
}

interface CertificateId {
  digest: 'sha1' | oids.DigestName;
  hash: Buffer;
}

/** The token of an answer, its status being granted. @throws DerError with the status where it is another */
export function tokenOf(answer: Buffer): Buffer {
  const response = new DerReader(answer).inside(tags.sequence);
  const status = response.inside(tags.sequence).next(tags.integer).content;
  // Granted, or granted with modifications (RFC 3161 section 2.4.2).
  if (!(status.length === 1 && (status[0] ?? 9) <= 1))
    throw new DerError(`it was refused, with status ${status.toString('hex')}`);
  const token = response.next(tags.sequence).whole;
  response.end();
  return token;
}

/** The answer as a bundle holds it. */
export const storedAnswer = (token: Uint8Array): Buffer =>
  der(tags.sequence, der(tags.sequence, derInteger(Buffer.of(0))), token);

/**
 * Reads an answer as a bundle holds it. Nothing may stand in it that is not looked at: what the signature does not cover has one form.
 * @throws DerError
 */
export function readStored(answer: Buffer): TimestampToken {
  const token = tokenOf(answer);
  if (!storedAnswer(token).equals(answer)) throw new DerError('its status is written in another way');
  const content = new DerReader(token).inside(tags.sequence);
  same(content.next(tags.oid), oids.signedData, 'it is no signed data');
  const explicit = content.inside(0xa0);
  content.end();
  const data = explicit.inside(tags.sequence);
  explicit.end();
  same(data.next(tags.integer), derInteger(Buffer.of(3)), 'another version');
  const algorithms = data.inside(tags.set);
  const algorithm = algorithms.next(tags.sequence).whole;
  algorithms.end();
  const encapsulated = data.inside(tags.sequence);
  same(encapsulated.next(tags.oid), oids.timeStampInfo, 'it is no time stamp');
  const wrapped = encapsulated.inside(0xa0);
  encapsulated.end();
  const info = wrapped.next(tags.octets).content;
  wrapped.end();
  const certificates = certificatesOf(data.next(0xa0));
  const signers = data.inside(tags.set);
  const signer = signers.inside(tags.sequence);
  for (const reader of [signers, data]) reader.end();
  return {
    ...infoOf(info),
    info,
    ...signerOf(signer, algorithm, certificates),
    certificates: certificates.map(({ certificate }) => certificate),
  };
}

function infoOf(bytes: Buffer): Pick<TimestampToken, 'imprint' | 'at' | 'nonce'> {
  const outer = new DerReader(bytes);
  const info = outer.inside(tags.sequence);
  outer.end();
  same(info.next(tags.integer), derInteger(Buffer.of(1)), 'another version of what it says');
  info.next(tags.oid);
  const imprint = info.inside(tags.sequence);
  const algorithm = imprint.next(tags.sequence).whole;
  const bare = der(tags.sequence, oids.digests[0]?.[1] ?? Buffer.alloc(0));
  if (!algorithm.equals(sha256) && !algorithm.equals(bare)) throw new DerError('it is over another hash than SHA-256');
  const hash = imprint.next(tags.octets).content;
  imprint.end();
  info.next(tags.integer);
  const at = timeOf(info.next(tags.time).content.toString('latin1'));
  info.optional(tags.sequence);
  info.optional(tags.boolean);
  const nonce = info.optional(tags.integer)?.whole;
  info.optional(0xa0);
  info.optional(0xa1);
  info.end();
  return { imprint: hash, at, nonce };
}

/** GeneralizedTime as RFC 3161 has it: in UTC, with seconds, and parts of them without a zero at the end. */
function timeOf(text: string): number {
  const [, year, month, day, hour, minute, second, part = ''] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{0,8}[1-9])?Z$/.exec(text) ?? [];
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(at)) throw new DerError('its time is none');
  return at + Math.floor(Number(`0${part}`) * 1000);
}

interface Embedded {
  certificate: X509Certificate;
  /** Issuer and serial number, as the signer is named by them. */
  name: Buffer;
}

function certificatesOf({ content }: Der): Embedded[] {
  const reader = new DerReader(content);
  const found: Embedded[] = [];
  while (!reader.done) {
    const { whole } = reader.next(tags.sequence);
    const fields = new DerReader(whole).inside(tags.sequence).inside(tags.sequence);
    fields.optional(0xa0);
    const serial = fields.next(tags.integer).whole;
    fields.next(tags.sequence);
    const issuer = fields.next(tags.sequence).whole;
    found.push({ certificate: certificateOf(whole), name: der(tags.sequence, issuer, serial) });
    if (found.length > 10) throw new DerError('it brings too many certificates');
  }
  return found;
}

function certificateOf(bytes: Buffer): X509Certificate {
  try {
    const certificate = new X509Certificate(bytes);
    if (certificate.raw.equals(bytes)) return certificate;
  } catch {
    // Said below.
  }
  throw new DerError('a certificate in it cannot be read');
}

type SignerParts = Pick<TimestampToken, 'digest' | 'kind' | 'attributes' | 'signature' | 'signer'>;

function signerOf(info: DerReader, algorithm: Buffer, certificates: readonly Embedded[]): SignerParts {
  same(info.next(tags.integer), derInteger(Buffer.of(1)), 'another version of its signer');
  const name = info.next(tags.sequence).whole;
  const signer = certificates.find((each) => each.name.equals(name));
  if (signer === undefined) throw new DerError('the certificate of who signed it is missing');
  same(info.next(tags.sequence), algorithm, 'two algorithms are named');
  const digest = digestOf(algorithm);
  const attributes = info.next(0xa0);
  const signature = info.next(tags.sequence).whole;
  const bytes = info.next(tags.octets).content;
  info.end();
  const rsaForms = [oids.rsa, oids.rsaWith[digest]].map((oid) => der(tags.sequence, oid, noParameters));
  const isRsa = rsaForms.some((form) => form.equals(signature));
  if (!isRsa && !der(tags.sequence, oids.ecdsaWith[digest]).equals(signature))
    throw new DerError('it is signed by an algorithm that is not taken');
  return {
    digest,
    kind: isRsa ? 'rsa' : 'ec',
    attributes: attributesOf(attributes.content),
    signature: bytes,
    signer: signer.certificate,
  };
}

function digestOf(algorithm: Buffer): oids.DigestName {
  for (const [name, oid] of oids.digests)
    if (algorithm.equals(der(tags.sequence, oid)) || algorithm.equals(der(tags.sequence, oid, noParameters)))
      return name;
  throw new DerError('it is over a hash that is not taken');
}

function attributesOf(content: Buffer): TimestampToken['attributes'] {
  const found = new Map<string, DerReader>();
  const reader = new DerReader(content);
  while (!reader.done) {
    const attribute = reader.inside(tags.sequence);
    const name = attribute.next(tags.oid).whole.toString('hex');
    const values = attribute.inside(tags.set);
    attribute.end();
    if (found.has(name)) throw new DerError('an attribute stands in it twice');
    found.set(name, values);
  }
  const one = (oid: Buffer, tag: number): Buffer | undefined => {
    const values = found.get(oid.toString('hex'));
    const value = values?.next(tag);
    values?.end();
    return value?.whole;
  };
  const type = one(oids.contentType, tags.oid);
  const digest = one(oids.messageDigest, tags.octets);
  const second = one(oids.certificateIdV2, tags.sequence);
  const certificate = second ?? one(oids.certificateId, tags.sequence);
  if (type === undefined || digest === undefined || certificate === undefined)
    throw new DerError('its signature does not say what it is over');
  return {
    signed: der(tags.set, content),
    contentType: type,
    messageDigest: new DerReader(digest).next().content,
    certificate: certificateId(certificate, second === undefined),
  };
}

/** The first of the certificate ids, which is that of the signer (RFC 5035): of the older kind by SHA-1, else by SHA-256 where none is named. */
function certificateId(value: Buffer, older: boolean): CertificateId {
  const ids = new DerReader(value).inside(tags.sequence).inside(tags.sequence);
  const id = ids.inside(tags.sequence);
  const named = older ? undefined : id.optional(tags.sequence)?.whole;
  const hash = id.next(tags.octets).content;
  return { digest: older ? 'sha1' : named === undefined ? 'sha256' : digestOf(named), hash };
}

function same(found: Der, wanted: Buffer, what: string): void {
  if (!found.whole.equals(wanted)) throw new DerError(what);
}

export const imprintOf = (note: Uint8Array): Buffer => createHash('sha256').update(note).digest();
