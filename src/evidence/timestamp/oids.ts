// Names of RFC 5652 (CMS), 3161 (time stamps), 5035 (certificate ids), 5754 and 8017 (algorithms), as DER writes them.

const oid = (hex: string): Buffer => Buffer.from(hex, 'hex');

export const signedData = oid('06092a864886f70d010702');
export const timeStampInfo = oid('060b2a864886f70d0109100104');
export const contentType = oid('06092a864886f70d010903');
export const messageDigest = oid('06092a864886f70d010904');
export const certificateId = oid('060b2a864886f70d010910020c');
export const certificateIdV2 = oid('060b2a864886f70d010910022f');
export const extendedKeyUsage = oid('0603551d25');
export const timeStamping = oid('06082b06010505070308');

export type DigestName = 'sha256' | 'sha384' | 'sha512';
export const digests: readonly (readonly [DigestName, Buffer])[] = [
  ['sha256', oid('0609608648016503040201')],
  ['sha384', oid('0609608648016503040202')],
  ['sha512', oid('0609608648016503040203')],
];

/** Signature algorithms by the digest that they go with; `rsaEncryption` goes with each. */
export const rsa = oid('06092a864886f70d010101');
export const rsaWith: Readonly<Record<DigestName, Buffer>> = {
  sha256: oid('06092a864886f70d01010b'),
  sha384: oid('06092a864886f70d01010c'),
  sha512: oid('06092a864886f70d01010d'),
};
export const ecdsaWith: Readonly<Record<DigestName, Buffer>> = {
  sha256: oid('06082a8648ce3d040302'),
  sha384: oid('06082a8648ce3d040303'),
  sha512: oid('06082a8648ce3d040304'),
};
