// Types of the verifier, for these tests: who checks a bundle needs the one file alone.

declare module '*/halflight-verify.mjs' {
  export interface ByteSource {
    readonly size: number;
    read(at: number, length: number): Buffer;
  }

  export interface Manifest {
    signer: string;
    scope: { from: string; until: string; timezone: string };
    files: { name: string; records: number | null; bytes: number }[];
  }

  export function bufferSource(bytes: Buffer): ByteSource;
  export function fileSource(path: string): ByteSource & { close(): void };
  export function readKey(text: string, name?: string): object | undefined;
  export function checkBundle(
    source: ByteSource,
    key: object,
    authority?: object,
  ): Promise<{
    ok: boolean;
    problems: { code: string; message: string }[];
    manifest: Manifest | undefined;
    records: number;
    timestamp: { at: string; by: string; trusted: boolean } | null;
  }>;
  export function readCertificate(pem: string): object | null;
  export function traceRecord(
    source: ByteSource,
    manifest: Manifest,
    id: string,
    raw?: string,
  ): Promise<{ lines: string[]; ok: boolean } | undefined>;
}
