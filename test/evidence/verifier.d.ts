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
    options?: { tsaCert?: string },
  ): Promise<{
    ok: boolean;
    problems: { code: string; message: string }[];
    manifest: Manifest | undefined;
    records: number;
  }>;
  export function traceRecord(
    source: ByteSource,
    manifest: Manifest,
    id: string,
    raw?: string,
  ): Promise<{ lines: string[]; ok: boolean } | undefined>;
}
