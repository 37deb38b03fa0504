import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate of its own that signs itself, and a PEM file with it and its key. */
export function testCertificate(days = 400): { certificate: string; key: string; pem: string } {
  const folder = mkdtempSync(join(tmpdir(), 'halflight-certificate-'));
  try {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=halflight', '-days', String(days)];
    execFileSync('openssl', [...args, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const [certificate, secret] = [readFileSync(cert, 'utf8'), readFileSync(key, 'utf8')];
    return { certificate, key: secret, pem: `${secret}${certificate}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
