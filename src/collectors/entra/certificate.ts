import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';

/** What signs for the app in place of a secret. */
export interface Certificate {
  /** PKCS #8, PEM. */
  key: string;
  /** SHA-256 of the certificate, hexadecimal: Entra knows it by this. */
  thumbprint: string;
  /** Milliseconds since 1970. */
  expires: number;
}

const block = (text: string, name: string): string | undefined => {
  const [begin, end] = [`-----BEGIN ${name}-----`, `-----END ${name}-----`];
  const from = text.indexOf(begin);
  const to = from < 0 ? -1 : text.indexOf(end, from);
  return to < 0 ? undefined : text.slice(from, to + end.length);
};

/**
 * Reads a PEM file with the certificate and its private key, in any order; of a chain the first one counts.
 * @throws Error that says what is wrong with it, and repeats nothing of it
 */
export function readCertificate(pem: string): Certificate {
  const [certificate, key] = [
    block(pem, 'CERTIFICATE'),
    block(pem, 'PRIVATE KEY') ?? block(pem, 'RSA PRIVATE KEY') ?? block(pem, 'EC PRIVATE KEY'),
  ];
  if (certificate === undefined)
    throw new Error('The file holds no certificate in PEM form: put certificate and private key into one file.');
  if (key === undefined)
    throw new Error(
      block(pem, 'ENCRYPTED PRIVATE KEY') === undefined
        ? 'The file holds no private key in PEM form: put certificate and private key into one file.'
        : 'The private key is encrypted: write it without a passphrase (openssl pkey -in FILE), and let only the service read the file.',
    );
  let [x509, secret]: [X509Certificate | undefined, KeyObject | undefined] = [undefined, undefined];
  try {
    [x509, secret] = [new X509Certificate(certificate), createPrivateKey(key)];
  } catch {
    throw new Error('Certificate or private key is damaged: write the PEM file again.');
  }
  if (secret.asymmetricKeyType !== 'rsa')
    throw new Error('The key is not of type RSA, which Entra asks for: make another certificate.');
  if (!x509.checkPrivateKey(secret)) throw new Error('The private key is not that of the certificate.');
  return {
    key: secret.export({ type: 'pkcs8', format: 'pem' }).toString(),
    thumbprint: x509.fingerprint256.replaceAll(':', ''),
    expires: Date.parse(x509.validTo),
  };
}
