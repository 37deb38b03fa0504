import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';

/** A key that signs assertions. */
export interface SigningKey {
  key: KeyObject;
  /** As JOSE names it. */
  alg: 'RS256' | 'ES256';
  /** Id that the key itself states. */
  kid: string | undefined;
}

/** Reads a private key, PEM (PKCS #8 or #1) or JWK; undefined where it is none, or of a kind that providers do not take. */
export function readPrivateKey(text: string): SigningKey | undefined {
  try {
    if (!text.trimStart().startsWith('{')) {
      const key = createPrivateKey(text.trim());
      const alg = algOf(key);
      return alg && { key, alg, kid: undefined };
    }
    const jwk = JSON.parse(text) as { kid?: unknown };
    const key = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
    const alg = algOf(key);
    return alg && { key, alg, kid: typeof jwk.kid === 'string' ? jwk.kid : undefined };
  } catch {
    return undefined;
  }
}

function algOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): SigningKey['alg'] | undefined {
  if (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048) return 'RS256';
  return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1' ? 'ES256' : undefined;
}
