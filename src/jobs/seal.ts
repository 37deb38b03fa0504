import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

// AES-256-GCM: version byte, 12 bytes nonce, 16 bytes tag, ciphertext. The key is not in the database, so that a stolen dump shows
// nothing.

const version = 1;

/** Encrypts bytes. `key`: 32 bytes. */
export function seal(key: Uint8Array, bytes: Uint8Array): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([Buffer.from([version]), nonce, cipher.getAuthTag(), body]);
}

/** @throws Error when the key is another one or the bytes were changed */
export function unseal(key: Uint8Array, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed);
  if (bytes[0] !== version) throw new Error('sealed by another version');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 13));
  decipher.setAuthTag(bytes.subarray(13, 29));
  return Buffer.concat([decipher.update(bytes.subarray(29)), decipher.final()]);
}
