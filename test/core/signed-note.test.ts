import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkpointText, readCheckpoint } from '../../src/core/checkpoint.js';
import { openNote, readVerifierKey, signerOf, verifierKey } from '../../src/core/signed-note.js';

// The example of golang.org/x/mod/sumdb/note, which is where the format comes from.
const neumann = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const said = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const note = `${said}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

const pair = generateKeyPairSync('ed25519');
const signer = signerOf('halflight.example/log', pair.privateKey);

describe('signed notes', () => {
  it('opens the note that others made, by its key alone', () => {
    const key = readVerifierKey(neumann);
    expect(key?.name).toBe('PeterNeumann');
    if (key === undefined) return;
    expect(openNote(note, [key])).toBe(said);
    expect(verifierKey(key)).toBe(neumann);
    expect(openNote(note, [signer])).toBeUndefined();
    expect(openNote(note.replace('answer', 'Answer'), [key])).toBeUndefined();
  });

  it('opens what it signs, also beside signatures of others, and nothing with one character changed', () => {
    const made = signer.sign('one\n\ntwo\n');
    expect(openNote(made, [signer])).toBe('one\n\ntwo\n');
    const other = signerOf('other', generateKeyPairSync('ed25519').privateKey).sign('one\n\ntwo\n').split('\n').at(-2);
    expect(openNote(`${made}${other}\n`, [signer])).toBe('one\n\ntwo\n');
    fc.assert(
      fc.property(
        fc.nat(made.length - 1),
        fc.constantFrom('a', 'B', '0', '\n', ' ', '\u0000', '\u2014'),
        (at, letter) => {
          fc.pre(made[at] !== letter);
          expect(openNote(made.slice(0, at) + letter + made.slice(at + 1), [signer])).toBeUndefined();
        },
      ),
      { seed: 61, numRuns: 2000 },
    );
  });

  it('reads any text without an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(openNote(text, [signer])).toBeUndefined();
        expect(readVerifierKey(text)).toBeUndefined();
        readCheckpoint(text);
      }),
      { seed: 62, numRuns: 5000 },
    );
  });

  it('reads the checkpoints that it writes, and no other way to write them', () => {
    const checkpoint = { origin: 'halflight.example/log', size: 12, root: Buffer.alloc(32, 7), extensions: ['time 5'] };
    const text = checkpointText(checkpoint);
    expect(text).toBe(`halflight.example/log\n12\n${Buffer.alloc(32, 7).toString('base64')}\ntime 5\n`);
    expect(readCheckpoint(text)).toEqual(checkpoint);
    for (const wrong of [
      text.replace('\n12', '\n012'),
      text.replace('\n12', '\n-1'),
      text.slice(0, -1),
      `${text}\n`,
      '',
    ])
      expect(readCheckpoint(wrong)).toBeUndefined();
  });
});
