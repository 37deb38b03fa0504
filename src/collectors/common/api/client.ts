import { SourceLoginError } from '../../../core/chunk.js';
import { parseBytes } from '../../../core/json.js';
import { type EgressError, type EgressRequest, EgressError as Refusal } from '../../../net/egress.js';
import type { CollectContext } from '../collector.js';
import { ApiFailure, type ApiFailureKind } from './failure.js';
import { followLink } from './link.js';
import { persist, type Tried } from './persist.js';
import { retryAfter } from './retry-after.js';

/** What an answer that is no success means; `text` says what to do, for people. */
export interface Meaning {
  kind: ApiFailureKind;
  text: string;
}

export interface ApiClientOptions {
  /** Name for people: `Microsoft Graph`. */
  name: string;
  /** All that is asked lies below: `https://graph.microsoft.com/v1.0/`. */
  base: string;
  /**
   * Headers that let requests in. `renew`: those given last were refused, so new ones are needed.
   * @throws SourceLoginError when there are none to be had; ApiFailure when that cannot be said now
   */
  authorize(renew: boolean): Promise<Readonly<Record<string, string>>>;
  /** Reads the provider's own words of a failure (its body as JSON, or undefined); undefined: what the status says. */
  explain?(status: number, body: unknown, url: string): Meaning | undefined;
  /** Largest answer in bytes; 32 MiB where not given. */
  maxBytes?: number;
  /** For a whole answer, in milliseconds; a minute where not given. */
  timeoutMs?: number;
}

export interface ApiAnswer {
  /** As JSON. */
  body: unknown;
  headers: Readonly<Record<string, string>>;
}

type Sent = Pick<EgressRequest, 'url' | 'method' | 'headers' | 'body'>;

/** Asks one API with a token that goes nowhere else. What may pass (5xx, 429, cut answers) is tried again; the rest is an ApiFailure. */
export class ApiClient {
  readonly #options: ApiClientOptions;
  readonly #context: CollectContext;
  /** The last answer was a success, or there was none yet: headers may be renewed once. */
  #mayRenew = true;

  /** The server's clock as of its last answer, in milliseconds since 1970, where it told. */
  theirNow: number | undefined;

  constructor(options: ApiClientOptions, context: CollectContext) {
    this.#options = options;
    this.#context = context;
  }

  /** The address below the base; `query` as names and values. */
  url(path: string, query: Readonly<Record<string, string>> = {}): string {
    const url = new URL(path.replace(/^\//, ''), this.#options.base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    // Not every server takes a plus for a blank; a plus itself is %2B here.
    return url.href.replaceAll('+', '%20');
  }

  /**
   * @param link absolute, as the provider gave it or as `url` made it: refused where it leads away from the base
   * @throws ApiFailure; SourceLoginError; the reason of the context's signal
   */
  async get(link: string, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    const url = followLink(this.#options.base, link);
    return persist(async () => {
      const sent = { url, method: 'GET', headers };
      const first = await this.#once(sent, false);
      if ('value' in first || first.failure.kind !== 'login') return first;
      const again = this.#mayRenew ? await this.#once(sent, true) : first;
      this.#mayRenew = false;
      if ('value' in again || again.failure.kind !== 'login') return again;
      throw new SourceLoginError(again.failure.message, { cause: again.failure });
    }, this.#context).then((answer) => {
      this.#mayRenew = true;
      return answer;
    });
  }

  /**
   * Posts a form that lets somebody in. `form` makes it anew for every try, since an assertion may count once.
   * @throws ApiFailure; SourceLoginError where it is refused, at once; the reason of the context's signal
   */
  async post(path: string, form: () => Promise<Readonly<Record<string, string>>>): Promise<ApiAnswer> {
    const url = followLink(this.#options.base, this.url(path));
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return persist(async () => {
      const body = new URLSearchParams(await form()).toString();
      const tried = await this.#once({ url, method: 'POST', headers, body }, false);
      if ('value' in tried || tried.failure.kind !== 'login') return tried;
      throw new SourceLoginError(tried.failure.message, { cause: tried.failure });
    }, this.#context);
  }

  async #once(sent: Sent, renew: boolean): Promise<Tried<ApiAnswer>> {
    const { name, maxBytes = 32 * 2 ** 20, timeoutMs = 60_000 } = this.#options;
    const { egress, signal, now } = this.#context;
    const authorization = await this.#options.authorize(renew);
    try {
      const response = await egress.request({
        ...sent,
        headers: { accept: 'application/json', ...sent.headers, ...authorization },
        maxBytes,
        timeoutMs,
        signal,
      });
      const body = parseBytes(response.body);
      const date = Date.parse(response.headers.date ?? '');
      if (!Number.isNaN(date)) this.theirNow = date;
      if (response.status >= 200 && response.status < 300) {
        if (body !== undefined) return { value: { body, headers: response.headers } };
        return { failure: new ApiFailure('reach', `${name} gave an answer that is not whole: it is asked again.`) };
      }
      const { kind, text } = this.#meaning(response.status, body, sent.url);
      const wait = kind === 'busy' ? retryAfter(response.headers, now()) : undefined;
      return { failure: new ApiFailure(kind, text, { status: response.status }), wait };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { failure: new ApiFailure(kindOf(error), `${name}: ${error.message}`, { cause: error }) };
    }
  }

  #meaning(status: number, body: unknown, url: string): Meaning {
    const { name, explain } = this.#options;
    const own = explain?.(status, body, url);
    if (own !== undefined) return own;
    if (status === 401)
      return { kind: 'login', text: `${name} does not let the source in (401): check its secret, then resume it.` };
    if (status === 403)
      return {
        kind: 'permission',
        text: `${name} refuses this to the source (403): grant it the permission it needs.`,
      };
    if (status === 429 || status >= 500)
      return { kind: 'busy', text: `${name} is busy or down (${status}): it is asked again later.` };
    if (status === 404 || status === 410)
      return { kind: 'gone', text: `${name} does not know what was asked (${status}).` };
    if (status >= 300 && status < 400)
      return {
        kind: 'other',
        text: `${name} sends elsewhere (${status}), where the token does not go: check the address.`,
      };
    return { kind: 'other', text: `${name} refused the request (${status}).` };
  }
}

const kindOf = (error: EgressError): ApiFailureKind =>
  error.kind === 'refused' || error.kind === 'too-large' ? 'other' : 'reach';
