import { afterEach } from "vitest";
import { nodeProviderWorkerScript } from "../../../../node/build/node-worker.ts";
import { threadProviderRuntime } from "../../../../node/runtime/thread-provider-runtime.ts";
import { readProviderArchive, selectTarget } from "../../../../src/claims/index.ts";
import type { HostError } from "../../../../src/errors/index.ts";
import type { PortableProvider, ProviderStartOptions } from "../../../../src/providers/index.ts";
import { archive, NOW } from "../../claims/archive/archives.ts";
import { utf8 } from "../../claims/hex.ts";

/** Providers as Node runs them, from the built script. */
export const runtime = threadProviderRuntime({ script: nodeProviderWorkerScript });

/** What a provider under test told its host. */
export interface Told {
  readonly failures: HostError[];
  readonly lines: string[];
}

/** A provider that was started, and what it told. */
export interface Started extends Told {
  readonly provider: PortableProvider;
}

const started: PortableProvider[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((provider) => provider.stop()));
});

/** Starts the module of a signed archive, as a host does. It is stopped after the test. */
export async function start(code: string, options: Partial<ProviderStartOptions> = {}): Promise<Started> {
  const bytes = await archive({ targets: new Map([["es2022-any", utf8(code)]]), compress: true });
  const selected = selectTarget(await readProviderArchive(bytes, { now: NOW }), runtime.targets);
  const told: Told = { failures: [], lines: [] };
  const provider = await runtime.start(selected.bytes, {
    name: "test",
    onFailure: (error) => told.failures.push(error),
    onLog: (line) => told.lines.push(line),
    ...options,
  });
  started.push(provider);
  return { provider, ...told };
}

/** The module of a provider that does this in `handleCall(actor, operation, payload)`. */
export function answering(body: string): string {
  return `export default (host) => ({ async handleCall(actor, operation, payload) { ${body} }, stop() {} });`;
}

/** Bytes of a text. */
export const bytes = utf8;

/** Text of bytes. */
export function text(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}

/** Resolves as soon as something is so. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
}
