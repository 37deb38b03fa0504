import { errors } from 'undici';
import { EgressError } from './errors.js';

const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: check host and port, and that it is up',
  ECONNRESET: 'the connection was cut: check the other side and what lies between',
  UND_ERR_SOCKET: 'the connection was cut: check the other side and what lies between',
  EPIPE: 'the connection was cut: check the other side and what lies between',
  ETIMEDOUT: 'it does not answer: check host, port and firewall',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer: check host, port and firewall',
  EHOSTUNREACH: 'there is no way to it: check network and firewall',
  ENETUNREACH: 'there is no way to it: check network and firewall',
  EADDRNOTAVAIL: 'there is no way to it: check network and firewall',
  EPROTO: 'it does not speak TLS: check whether the URL is to begin with http:// and whether the port is right',
  ERR_SSL_WRONG_VERSION_NUMBER:
    'it does not speak TLS: check whether the URL is to begin with http:// and whether the port is right',
  ERR_SSL_PACKET_LENGTH_TOO_LONG:
    'it does not speak TLS: check whether the URL is to begin with http:// and whether the port is right',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another name: use the name in the certificate, or renew it with this one',
  CERT_HAS_EXPIRED: 'its certificate has expired: renew it there',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: check the clocks of both sides',
};
const unknownIssuer = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** What went wrong with a host, for people. Gives an EgressError as it is; takes out of all others nothing but their code. */
export function explain(error: unknown, host: string): EgressError {
  if (error instanceof EgressError) return error;
  const code = codeOf(error);
  const say = (kind: 'network' | 'timeout' | 'too-large' | 'refused', text: string): EgressError =>
    new EgressError(kind, `${host}: ${text}.`, { cause: error });
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return say('timeout', 'nothing came for too long: try again later, or check what slows it down');
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return say('too-large', 'the headers of its answer are longer than 32 KiB');
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED')
    return say('refused', 'the request holds characters or headers that HTTP does not allow');
  if (error instanceof errors.HTTPParserError)
    return say('network', 'what answers there does not speak HTTP: check the port');
  if (code === 'UND_ERR_ABORTED' || code === 'UND_ERR_PRX_TLS')
    return say('network', 'the proxy does not let it through: check net.proxy and what the proxy allows');
  if (unknownIssuer.has(code))
    return say(
      'network',
      'its certificate is from an issuer unknown here: name a PEM file with that issuer in net.ca_file',
    );
  return say('network', sentences[code] ?? `the exchange failed${code === '' ? '' : ` (${code})`}: try again later`);
}

/** `code` of a system, TLS or undici error; where several addresses were tried, that of the first. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  return cause === undefined ? '' : codeOf(cause);
}
