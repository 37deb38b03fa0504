import type { Configuration, INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { SourceLoginError } from '../../core/chunk.js';
import { parseBytes } from '../../core/json.js';
import { EgressError } from '../../net/egress.js';
import { ApiFailure } from '../common/api/failure.js';
import { persist, type Tried } from '../common/api/persist.js';
import { retryAfter } from '../common/api/retry-after.js';
import type { CollectContext } from '../common/collector.js';
import { readCertificate } from './certificate.js';
import { type EntraOptions, placesOf } from './options.js';
import { type TokenRefusal, tokenRefusal } from './token-errors.js';

const maxBytes = 1 << 20;

/** No token: the sign-in service says why. */
export class TokenRefused extends SourceLoginError {
  readonly refusal: TokenRefusal;
  constructor(refusal: TokenRefusal) {
    super(`Microsoft Entra ID: ${refusal.found}. ${refusal.remedy}`);
    this.refusal = refusal;
  }
}

/**
 * Tokens for Microsoft Graph by msal-node, which keeps one as long as it is valid. All that it asks goes to the token endpoint of the
 * tenant, through the egress client: what it would look up about the cloud (endpoints, aliases) it is given.
 */
export class TokenSource {
  readonly #options: EntraOptions;
  readonly #context: CollectContext;
  readonly #endpoint: string;
  #app: Promise<{ acquire(renew: boolean): Promise<string> }> | undefined;
  #trouble: unknown;

  /** The clock of the sign-in service as of its last answer, milliseconds since 1970, where it told. */
  theirNow: number | undefined;

  constructor(options: EntraOptions, context: CollectContext) {
    [this.#options, this.#context] = [options, context];
    this.#endpoint = `${placesOf(options).login}${options.tenant}/oauth2/v2.0/token`;
  }

  /**
   * Headers with a token. `renew`: the one given last was refused.
   * @throws TokenRefused when there is none to be had; ApiFailure when that cannot be said now
   */
  async authorize(renew: boolean): Promise<Readonly<Record<string, string>>> {
    this.#app ??= this.#open();
    const app = await this.#app;
    this.#trouble = undefined;
    try {
      return { authorization: `Bearer ${await app.acquire(renew)}` };
    } catch (error) {
      // msal-node wraps what its network client threw into an error without it.
      if (this.#trouble !== undefined) throw this.#trouble;
      const code = (error as { errorCode?: unknown }).errorCode;
      throw new ApiFailure(
        'other',
        `Microsoft Entra ID: no token could be had (${typeof code === 'string' ? code : 'unknown reason'}).`,
        { cause: error },
      );
    }
  }

  /** msal-node takes a while to load: only who asks Entra waits for it. */
  async #open(): Promise<{ acquire(renew: boolean): Promise<string> }> {
    const { ConfidentialClientApplication } = await import('@azure/msal-node');
    const { graph } = placesOf(this.#options);
    const app = new ConfidentialClientApplication(this.#configuration());
    const scopes = [`${new URL(graph).origin}/.default`];
    return {
      acquire: async (renew) => {
        const answer = await app.acquireTokenByClientCredential({ scopes, skipCache: renew });
        if (answer === null) throw new Error('no answer');
        return answer.accessToken;
      },
    };
  }

  #configuration(): Configuration {
    const { tenant, client_id, client_secret, certificate } = this.#options;
    const { login } = placesOf(this.#options);
    const { host } = new URL(login);
    const signed = certificate === undefined ? undefined : readCertificate(certificate);
    return {
      auth: {
        clientId: client_id,
        // Its host only names the cloud: where tokens are had stands in the metadata.
        authority: `https://${host}/${tenant}`,
        authorityMetadata: JSON.stringify({
          issuer: `${login}${tenant}/v2.0`,
          authorization_endpoint: `${login}${tenant}/oauth2/v2.0/authorize`,
          token_endpoint: this.#endpoint,
          jwks_uri: `${login}${tenant}/discovery/v2.0/keys`,
        }),
        cloudDiscoveryMetadata: JSON.stringify({
          tenant_discovery_endpoint: `${login}${tenant}/v2.0/.well-known/openid-configuration`,
          metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
        }),
        ...(client_secret !== undefined && { clientSecret: client_secret }),
        ...(signed !== undefined && {
          clientCertificate: { thumbprintSha256: signed.thumbprint, privateKey: signed.key },
        }),
      },
      system: { networkClient: this.#network(), disableInternalRetries: true },
    };
  }

  #network(): INetworkModule {
    const send = async <T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> => {
      try {
        if (url !== this.#endpoint && !url.startsWith(`${this.#endpoint}?`))
          throw new ApiFailure('other', 'msal-node asks for another address than that of the tenant: it is not sent.');
        const body = await persist(() => this.#post(url, options), this.#context);
        return { headers: {}, body: body as T, status: 200 };
      } catch (error) {
        this.#trouble = error;
        throw error;
      }
    };
    return { sendGetRequestAsync: (url) => send(url), sendPostRequestAsync: send };
  }

  async #post(url: string, options: NetworkRequestOptions | undefined): Promise<Tried<unknown>> {
    const { egress, signal, now } = this.#context;
    try {
      const answer = await egress.request({
        url,
        method: 'POST',
        headers: options?.headers,
        body: options?.body ?? '',
        maxBytes,
        signal,
      });
      const date = Date.parse(answer.headers.date ?? '');
      if (!Number.isNaN(date)) this.theirNow = date;
      const body = parseBytes(answer.body);
      if (answer.status === 200 && body !== undefined) return { value: body };
      const refusal = tokenRefusal(answer.status, body);
      if (refusal.kind === 'login') throw new TokenRefused(refusal);
      const text = `Microsoft Entra ID: ${refusal.found}. ${refusal.remedy}`;
      // A clock that is set right mends itself; nothing is paused for that.
      const failure = new ApiFailure(refusal.kind === 'clock' ? 'other' : refusal.kind, text, {
        status: answer.status,
      });
      return { failure, wait: refusal.kind === 'busy' ? retryAfter(answer.headers, now()) : undefined };
    } catch (error) {
      if (!(error instanceof EgressError)) throw error;
      const kind = error.kind === 'refused' || error.kind === 'too-large' ? 'other' : 'reach';
      return { failure: new ApiFailure(kind, `Microsoft Entra ID: ${error.message}`, { cause: error }) };
    }
  }
}
