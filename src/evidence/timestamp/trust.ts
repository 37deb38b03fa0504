import { createHash, verify, X509Certificate } from 'node:crypto';
import { DerReader, tags } from './der.js';
import * as oids from './oids.js';
import type { TimestampToken } from './response.js';

const longestPath = 5;

/** What is wrong with a token in itself, whoever signed it; undefined: nothing. */
export function tokenFault(token: TimestampToken, imprint: Buffer): string | undefined {
  const { attributes, digest, kind, signer, info, signature } = token;
  if (!token.imprint.equals(imprint)) return 'is of something else than this bundle';
  if (!attributes.contentType.equals(oids.timeStampInfo)) return 'is signed as something else';
  if (!createHash(digest).update(info).digest().equals(attributes.messageDigest)) return 'was changed';
  const id = createHash(attributes.certificate.digest).update(signer.raw).digest();
  if (!id.equals(attributes.certificate.hash)) return 'names another certificate than that which it brings';
  if (signer.publicKey.asymmetricKeyType !== kind) return 'is signed with another kind of key';
  if (!verify(digest, attributes.signed, signer.publicKey, signature)) return 'has a signature that does not fit';
  return undefined;
}

/**
 * Why a token that fits in itself is not to be believed by who trusts a certificate, that of the authority or of who certified it;
 * undefined: it is.
 */
export function trustFault({ signer, certificates, at }: TimestampToken, trusted: X509Certificate): string | undefined {
  if (!isForTimestamps(signer)) return 'is by a certificate that is not for time stamps alone';
  const valid = (certificate: X509Certificate): boolean =>
    Date.parse(certificate.validFrom) <= at && at <= Date.parse(certificate.validTo);
  let current = signer;
  for (let step = 0; step < longestPath; step++) {
    if (!valid(current)) return 'is of a time at which a certificate was not valid';
    if (current.raw.equals(trusted.raw)) return undefined;
    const below = current;
    const issuer = [trusted, ...certificates].find(
      (each) => each.ca && below.checkIssued(each) && below.verify(each.publicKey),
    );
    if (issuer === undefined || issuer.raw.equals(below.raw)) break;
    current = issuer;
  }
  return 'is not by the authority of the certificate that was given';
}

/** Whether the extended key usage is there, critical, and names time stamping alone (RFC 3161 section 2.3). */
function isForTimestamps({ raw }: X509Certificate): boolean {
  const fields = new DerReader(raw).inside(tags.sequence).inside(tags.sequence);
  while (!fields.done) {
    const field = fields.next();
    if (field.tag !== 0xa3) continue;
    const extensions = new DerReader(field.content).inside(tags.sequence);
    while (!extensions.done) {
      const extension = extensions.inside(tags.sequence);
      if (!extension.next(tags.oid).whole.equals(oids.extendedKeyUsage)) continue;
      const critical = extension.optional(tags.boolean)?.content[0] === 0xff;
      const usages = new DerReader(extension.next(tags.octets).content).inside(tags.sequence);
      return critical && usages.next(tags.oid).whole.equals(oids.timeStamping) && usages.done;
    }
  }
  return false;
}

/** The certificate of a PEM file; undefined: it holds none. */
export function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
