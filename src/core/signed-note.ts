import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

// Signed notes as C2SP describes them (https://c2sp.org/signed-note): a text that ends in LF, an empty line, and one line for each
// signature: em dash, blank, name of the key, blank, Base64 of four bytes of key id and the signature. Here: Ed25519 alone.

/** Signs notes. The private key stays inside. */
export interface Signer {
  /** Name of the key: no blanks, no plus sign. */
  readonly name: string;
  readonly publicKey: KeyObject;
  sign(text: string): string;
}

/** A key that a note may be signed with, as the one who checks it knows it. */
export interface NoteKey {
  name: string;
  publicKey: KeyObject;
}

const algorithm = 0x01;
/** A longer text is no note. */
export const maxNoteLength = 1 << 20;
/** What a name may be. */
export const keyNamePattern = /^[^\s+]{1,200}$/u;

/** The 32 bytes of an Ed25519 public key. @throws RangeError for any other key */
export function rawPublicKey(key: KeyObject): Buffer {
  if (key.asymmetricKeyType !== 'ed25519') throw new RangeError('no Ed25519 key');
  return Buffer.from(key.export({ format: 'der', type: 'spki' }).subarray(-32));
}

/** The Ed25519 public key of 32 bytes. */
export const publicKeyOf = (raw: Uint8Array): KeyObject =>
  createPublicKey({
    key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]),
    format: 'der',
    type: 'spki',
  });

const keyId = (name: string, raw: Uint8Array): Buffer =>
  createHash('sha256').update(name).update(Uint8Array.of(0x0a, algorithm)).update(raw).digest().subarray(0, 4);

/** The key as C2SP writes it for those who check: `NAME+ID+KEY`. */
export function verifierKey({ name, publicKey }: NoteKey): string {
  const raw = rawPublicKey(publicKey);
  return `${name}+${keyId(name, raw).toString('hex')}+${Buffer.concat([Uint8Array.of(algorithm), raw]).toString('base64')}`;
}

/** Reads what `verifierKey` writes; undefined: it is none, or its id is not that of its key. */
export function readVerifierKey(text: string): NoteKey | undefined {
  const [, name, id, encoded] = /^([^\s+]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{43,44}=?)$/u.exec(text.trim()) ?? [];
  if (name === undefined || id === undefined || encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== 33 || bytes[0] !== algorithm || bytes.toString('base64') !== encoded) return undefined;
  const raw = bytes.subarray(1);
  return keyId(name, raw).toString('hex') === id ? { name, publicKey: publicKeyOf(raw) } : undefined;
}

/** Makes a signer of a private key. @throws RangeError for a name that C2SP forbids, or another kind of key */
export function signerOf(name: string, privateKey: KeyObject): Signer {
  if (!keyNamePattern.test(name))
    throw new RangeError('the name of a key has 1 to 200 characters, no blanks and no plus sign');
  const publicKey = createPublicKey(privateKey);
  const id = keyId(name, rawPublicKey(publicKey));
  return {
    name,
    publicKey,
    sign(text) {
      if (!text.endsWith('\n')) throw new RangeError('the text of a signed note ends in LF');
      const signature = sign(null, Buffer.from(text, 'utf8'), privateKey);
      return `${text}\n\u2014 ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
    },
  };
}

/**
 * The text of a note that one of the keys has signed; undefined where none has. Signatures of other keys are passed over, as C2SP says.
 * Never throws.
 */
export function openNote(note: string, keys: readonly NoteKey[]): string | undefined {
  if (note.length > maxNoteLength || !note.endsWith('\n')) return undefined;
  const cut = note.lastIndexOf('\n\n');
  if (cut < 0) return undefined;
  const text = note.slice(0, cut + 1);
  // No controls, no half characters: what is signed is what is read.
  if (/(?!\n)\p{Cc}|\p{Cs}/u.test(note)) return undefined;
  const lines = note.slice(cut + 2, -1).split('\n');
  if (lines.length > 100) return undefined;
  let good = false;
  for (const line of lines) {
    const [, name, encoded] = /^\u2014 ([^\s+]{1,200}) ([A-Za-z0-9+/]+={0,2})$/u.exec(line) ?? [];
    if (name === undefined || encoded === undefined) return undefined;
    const bytes = Buffer.from(encoded, 'base64');
    if (bytes.length < 5 || bytes.toString('base64') !== encoded) return undefined;
    for (const key of keys) {
      if (key.name !== name || !keyId(name, rawPublicKey(key.publicKey)).equals(bytes.subarray(0, 4))) continue;
      // A known key with a signature that does not fit spoils the note.
      if (bytes.length !== 68 || !verify(null, Buffer.from(text, 'utf8'), key.publicKey, bytes.subarray(4)))
        return undefined;
      good = true;
    }
  }
  return good ? text : undefined;
}
