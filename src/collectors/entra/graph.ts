import { isObject, type JsonObject } from '../../core/json.js';
import { type ApiAnswer, ApiClient } from '../common/api/client.js';
import { ApiFailure } from '../common/api/failure.js';
import type { CollectContext } from '../common/collector.js';
import { graphMeaning } from './graph-errors.js';
import { type EntraOptions, placesOf } from './options.js';
import { TokenSource } from './token.js';

export type Version = 'v1.0' | 'beta';

/** A page of a collection of Graph. */
export interface GraphPage {
  items: JsonObject[];
  next: string | undefined;
}

/** Microsoft Graph, in both versions with one token. */
export class Graph {
  readonly tokens: TokenSource;
  readonly #clients: Readonly<Record<Version, ApiClient>>;

  constructor(options: EntraOptions, context: CollectContext) {
    this.tokens = new TokenSource(options, context);
    const { graph } = placesOf(options);
    const client = (version: Version): ApiClient =>
      new ApiClient(
        {
          name: 'Microsoft Graph',
          base: `${graph}${version}/`,
          authorize: (renew) => this.tokens.authorize(renew),
          explain: graphMeaning,
        },
        context,
      );
    this.#clients = { 'v1.0': client('v1.0'), beta: client('beta') };
  }

  /** The later of the clocks that were heard, milliseconds since 1970. */
  get theirNow(): number | undefined {
    const heard = [this.#clients['v1.0'].theirNow, this.#clients.beta.theirNow].filter((at) => at !== undefined);
    return heard.length === 0 ? undefined : Math.max(...heard);
  }

  /** @throws ApiFailure; SourceLoginError */
  get(version: Version, link: string): Promise<ApiAnswer> {
    return this.#clients[version].get(link);
  }

  url(version: Version, path: string, query: Readonly<Record<string, string>> = {}): string {
    return this.#clients[version].url(path, query);
  }

  /**
   * A page of a collection. `link`: as the page before gave it.
   * @throws ApiFailure, also where the answer is none of a collection; SourceLoginError
   */
  async page(
    version: Version,
    link: string | undefined,
    path: string,
    query: Readonly<Record<string, string>>,
  ): Promise<GraphPage> {
    const { body } = await this.get(version, link ?? this.url(version, path, query));
    const { value, '@odata.nextLink': next } = isObject(body) ? body : {};
    if (!Array.isArray(value) || (next !== undefined && typeof next !== 'string'))
      throw new ApiFailure('other', 'Microsoft Graph gave something else than a list: it is asked again next time.');
    return { items: value.filter(isObject), next };
  }
}
