import type { CollectContext } from '../common/collector.js';
import { loadSdk, openClient } from './client.js';
import type { StoredObject } from './objects.js';
import type { S3Options } from './options.js';

export interface Page {
  objects: StoredObject[];
  /** Asks for the next page; undefined after the last. */
  token: string | undefined;
  /** The clock of the other side when it answered, or ours where it does not say; milliseconds since 1970. */
  at: number;
}

/** Asks for pages of a listing: `after` is the name to begin behind, a token goes on where a page ended. */
export type ListPage = (from: { after: string; token?: string | undefined }, most?: number) => Promise<Page>;

/** The listing of a bucket; `seen` is told the clock of the other side. Errors are those of the SDK. */
export async function openList(
  options: S3Options,
  context: CollectContext,
  seen?: (date: number) => void,
): Promise<ListPage> {
  const sdk = await loadSdk();
  let date: number | undefined;
  const client = openClient(sdk, options, context.egress, {
    streams: false,
    seen: (theirs) => {
      date = theirs;
      seen?.(theirs);
    },
  });
  return async ({ after, token }, most) => {
    const command = new sdk.ListObjectsV2Command({
      Bucket: options.bucket,
      // XML cannot carry every character that a name may hold.
      EncodingType: 'url',
      ...(options.prefix !== '' && { Prefix: options.prefix }),
      ...(most !== undefined && { MaxKeys: most }),
      ...(token !== undefined ? { ContinuationToken: token } : after !== '' && { StartAfter: after }),
    });
    const answer = await client.send(command, { abortSignal: context.signal });
    const decode = answer.EncodingType === 'url' ? fromUrl : (text: string): string => text;
    const at = date ?? context.now();
    const objects = (answer.Contents ?? []).map((item) => ({
      key: decode(item.Key ?? ''),
      etag: item.ETag === undefined || item.ETag === '' ? undefined : item.ETag,
      size: within(item.Size ?? 0, Number.MAX_SAFE_INTEGER),
      modified: within(item.LastModified?.getTime() ?? at, latest),
      storageClass: item.StorageClass,
    }));
    const next = answer.IsTruncated === true ? (answer.NextContinuationToken ?? '') : undefined;
    return { objects, token: next, at };
  };
}

// Numbers come from outside, and a database does not take all that JavaScript has.
const latest = Date.UTC(2200, 0);
const within = (value: number, most: number): number => (value >= 0 ? Math.min(Math.trunc(value), most) : 0);

/** Names as S3 percent-encodes them, with `+` for a space. What is no such encoding stays as it is. */
function fromUrl(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
