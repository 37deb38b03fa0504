import yazl from 'yazl';

/** A file of an archive. */
export interface Entry {
  name: string;
  bytes: Uint8Array;
}

// Zip has local time, which would make other bytes in another time zone. A time before its first day, 1980-01-01, is written as that day in all.
const noTime = new Date(0);

/** A zip archive of files, in their order and without times: the same files give the same bytes on every machine with this zlib. */
export async function zipOf(entries: readonly Entry[]): Promise<Uint8Array> {
  const zip = new yazl.ZipFile();
  for (const { name, bytes } of entries)
    zip.addBuffer(Buffer.from(bytes), name, { mtime: noTime, mode: 0o100644, compress: true, forceDosTimestamp: true });
  zip.end();
  const parts: Buffer[] = [];
  for await (const part of zip.outputStream) parts.push(Buffer.from(part as Uint8Array));
  return new Uint8Array(Buffer.concat(parts));
}
