import { randomUUID } from 'node:crypto';
import { Refusal } from './http.js';
import { type Spool, type SpoolDraft, SpoolError } from './spool.js';

/** Seconds after which a sender may try a spool again that takes nothing now. */
const retryAfter = 5;

/** A push or upload on its way into the spool, in one record or in several that count only when the last is there. */
export class Parts {
  readonly id = randomUUID();
  readonly #spool: Spool;
  readonly #draft: Omit<SpoolDraft, 'payload' | 'part' | 'meta'>;
  readonly #partBytes: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #part = 0;

  constructor(spool: Spool, draft: Omit<SpoolDraft, 'payload' | 'part' | 'meta'>, partBytes: number) {
    this.#spool = spool;
    this.#draft = draft;
    this.#partBytes = partBytes;
  }

  /** Takes bytes, which must not be changed any more. Waits for the disk when a part is full. @throws Refusal when the spool takes nothing */
  async add(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      // A full part waits for one more byte: the last one says so.
      if (this.#heldBytes >= this.#partBytes) await this.#store(false, {});
      const piece = bytes.subarray(at, at + this.#partBytes - this.#heldBytes);
      this.#held.push(piece);
      this.#heldBytes += piece.length;
      at += piece.length;
    }
  }

  /** Stores the rest. From now on the whole is accepted. @throws Refusal */
  async finish(meta: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#store(true, meta);
    this.#spool.endGroup(this.id);
  }

  /** What was stored of it counts for nothing. */
  giveUp(): void {
    this.#held = [];
    this.#spool.endGroup(this.id);
  }

  async #store(last: boolean, meta: Readonly<Record<string, unknown>>): Promise<void> {
    const whole = this.#part === 0 && last;
    if (this.#part === 0 && !last) this.#spool.beginGroup(this.id);
    const payload = this.#held.length === 1 && this.#held[0] !== undefined ? this.#held[0] : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    const part = whole ? undefined : { group: this.id, part: this.#part, last };
    this.#part++;
    try {
      await this.#spool.append({ ...this.#draft, meta: { id: this.id, ...meta }, part, payload });
    } catch (error) {
      throw refusalOf(error);
    }
  }
}

/** What a sender hears when the spool does not take its data. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof SpoolError && error.kind === 'full') {
    const detail = 'There is no space to keep the data now; nothing of them was taken. Send them again later.';
    return new Refusal(507, 'No space', detail, retryAfter);
  }
  const detail = 'The data cannot be kept now; nothing of them was taken. Send them again later.';
  return new Refusal(503, 'Not ready', detail, retryAfter);
}
