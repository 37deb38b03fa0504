import { type NoteKey, openNote } from '../../core/signed-note.js';
import { need } from './problem.js';

/**
 * The text of a note with one signature, which is by this key. A note may have more of them; a bundle has no need of what nobody asked
 * for. @throws BundleError
 */
export function openOneNote(bytes: Buffer, key: NoteKey, what: string): string {
  const note = bytes.toString('utf8');
  const signatures = note.slice(note.lastIndexOf('\n\n') + 2).split('\n').length - 1;
  need(signatures === 1 && Buffer.from(note).equals(bytes), 'signature', `${what} is no note with one signature`);
  const text = openNote(note, [key]);
  need(
    text !== undefined,
    'signature',
    `${what}: no signature of "${key.name}" fits; it was changed, or signed with another key`,
  );
  return text;
}
