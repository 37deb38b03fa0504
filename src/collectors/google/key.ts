import { textAt } from '../../core/json.js';
import { readPrivateKey, type SigningKey } from '../common/api/private-key.js';

/** What counts of the JSON key of a service account. Its addresses do not: who writes the file would choose where assertions go. */
export interface ServiceAccount {
  email: string;
  /** Numeric id, which domain-wide delegation is given to. */
  clientId: string | undefined;
  signing: SigningKey;
}

/** @returns the account, or a sentence that says what is wrong with the key, and nothing of what it holds */
export function readServiceAccount(text: string): ServiceAccount | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return 'This is no JSON: give the whole key file of the service account, by reference.';
  }
  const type = textAt(json, 'type');
  if (type !== 'service_account')
    return 'This is no key of a service account: its "type" is not service_account. Make one under IAM & Admin > Service Accounts > Keys.';
  const email = textAt(json, 'client_email') ?? '';
  if (!/^[\w.-]{1,100}@[\w.-]{1,150}\.gserviceaccount\.com$/.test(email))
    return 'The key has no "client_email" of a service account: download it anew.';
  const signing = readPrivateKey(textAt(json, 'private_key') ?? '');
  if (signing?.alg !== 'RS256') return 'The key has no whole "private_key": download it anew.';
  const kid = textAt(json, 'private_key_id');
  return {
    email,
    clientId: /^\d{5,40}$/.exec(textAt(json, 'client_id') ?? '')?.[0],
    signing: { ...signing, kid: kid !== undefined && /^[0-9a-f]{8,64}$/i.test(kid) ? kid : undefined },
  };
}
