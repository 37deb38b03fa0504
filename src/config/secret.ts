/** Where a secret is to be found. A secret itself never stands in the configuration. */
export type SecretSource = { env: string } | { file: string };

/**
 * A secret of the configuration: its place, and its value once the command line has read it. Shows its place and never its
 * value to loggers, JSON, templates and the inspector, so that a configuration may be printed as it is.
 */
export class Secret {
  readonly source: Readonly<SecretSource>;
  #value: string | undefined;

  constructor(source: Readonly<SecretSource>) {
    this.source = source;
  }

  /** Whether the value is there: after `loadConfig` without a problem, always. */
  get found(): boolean {
    return this.#value !== undefined;
  }

  /**
   * The secret itself. Ask for it where it is used, and keep it nowhere.
   * @throws Error when it has not been found
   */
  get value(): string {
    if (this.#value === undefined) throw new Error(`the secret from ${this.place} is missing`);
    return this.#value;
  }

  /** Called once, by who reads environment and files. */
  resolve(value: string): void {
    this.#value = value;
  }

  /** `env DATABASE_URL`, `file /run/secrets/hook`. */
  get place(): string {
    return 'env' in this.source ? `env ${this.source.env}` : `file ${this.source.file}`;
  }

  /** Of the same place and the same value: false after a change of the secret itself. */
  equals(other: Secret): boolean {
    return this.place === other.place && this.#value === other.#value;
  }

  toString(): string {
    return this.found ? `(set, from ${this.place})` : `(missing, from ${this.place})`;
  }

  toJSON(): SecretSource {
    return this.source;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** Path of a value in a configuration: keys, and indexes of lists. */
export type Path = readonly (string | number)[];

/** Every secret in a configuration or a part of it, with its path. */
export function* secretsIn(value: unknown, path: Path = []): Generator<readonly [path: Path, secret: Secret]> {
  if (value instanceof Secret) yield [path, value];
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* secretsIn(item, [...path, index]);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) yield* secretsIn(item, [...path, key]);
}

/**
 * Options with every secret in the place of its reference, as the schema of a plug-in takes them. For that schema only: the
 * result must not be logged.
 * @throws Error when a secret is missing
 */
export function withSecrets(options: unknown): unknown {
  if (options instanceof Secret) return options.value;
  if (Array.isArray(options)) return options.map(withSecrets);
  if (typeof options === 'object' && options !== null)
    return Object.fromEntries(Object.entries(options).map(([key, item]) => [key, withSecrets(item)]));
  return options;
}

/** A name under which options hold a secret: `secret_access_key`, `password`, `bot-token`; not `token_url`, `secret_name`. */
export const isSecretName = (name: string): boolean => {
  const plain = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  return (
    /(^|[_-])(secret|password|passphrase|passwd|token|api[_-]?key|private[_-]?key|access[_-]?key|routing[_-]?key|shared[_-]?key|authorization|cookie|credentials?)($|[_-])/.test(
      plain,
    ) && !/[_-](url|uri|id|name|endpoint|header|file|path|prefix|type|ttl|lifetime|field)s?$/.test(plain)
  );
};

/** An address that carries a password: `https://user:password@host`. */
export const holdsPassword = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s@]*:[^/?#\s]*@/i.test(text);
