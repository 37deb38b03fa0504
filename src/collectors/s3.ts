import type { Collector } from './common/collector.js';
import { checkBucket } from './s3/checks.js';
import { collectObjects } from './s3/collect.js';
import { type S3Options, s3Options } from './s3/options.js';
import { openObject } from './s3/read.js';

/**
 * Objects of a bucket of Amazon S3 or any service that speaks its protocol. Each object is one chunk, known by bucket, name and ETag; its
 * bytes are given as they are stored.
 */
export const collector: Collector<S3Options> = {
  title: 'S3 bucket',
  every: 300,
  options: s3Options,
  collect: collectObjects,
  open: openObject,
  test: checkBucket,
};
