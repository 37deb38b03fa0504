import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { Egress } from '../../net/egress.js';
import { EgressHandler, type HandlerHooks } from './handler.js';
import type { S3Options } from './options.js';

export type Sdk = typeof import('@aws-sdk/client-s3');

/** The AWS SDK takes a third of a second to load: only who speaks with S3 waits for it. */
export function loadSdk(): Promise<Sdk> {
  // What later versions of the SDK ask of Node is for who raises the pinned version, not for who reads this log.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  return import('@aws-sdk/client-s3');
}

/**
 * A client of the AWS SDK that takes nothing from the environment, unless `login: environment` says so, and speaks through the
 * egress client only. With `login: environment` the SDK's own providers may ask the metadata service of the machine or a token service.
 */
export function openClient(sdk: Sdk, options: S3Options, egress: Egress, hooks: HandlerHooks): S3Client {
  const { endpoint, force_path_style = endpoint !== undefined } = options;
  const config: S3ClientConfig = {
    region: options.region,
    forcePathStyle: force_path_style,
    requestHandler: new EgressHandler(egress, hooks) as unknown as NonNullable<S3ClientConfig['requestHandler']>,
    maxAttempts: 5,
    retryMode: 'standard',
    defaultsMode: 'standard',
    ignoreConfiguredEndpointUrls: true,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    useArnRegion: false,
    disableS3ExpressSessionAuth: true,
    followRegionRedirects: false,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    // Bytes are taken in parts after a cut connection, which a checksum of the whole would not allow.
    responseChecksumValidation: 'WHEN_REQUIRED',
    userAgentAppId: 'halflight',
    ...(endpoint !== undefined && { endpoint }),
    ...credentialsOf(options),
  };
  return new sdk.S3Client(config);
}

function credentialsOf(options: S3Options): Partial<S3ClientConfig> {
  const { login, access_key_id, secret_access_key, session_token } = options;
  if (login === 'environment') return {};
  if (login === 'none')
    return {
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
      signer: { sign: (request) => Promise.resolve(request) },
    };
  return {
    credentials: {
      accessKeyId: access_key_id ?? '',
      secretAccessKey: secret_access_key ?? '',
      ...(session_token !== undefined && { sessionToken: session_token }),
    },
  };
}
