/** What Deno, Bun and Node have, as far as the example uses it. */
declare module "node:sqlite" {
  export class DatabaseSync {
    constructor(location: string);
    prepare(query: string): { all(...bindings: (Uint8Array | string | number | null)[]): unknown[] };
    close(): void;
  }
}

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };
