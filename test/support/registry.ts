import { afterAll, beforeAll } from "vitest";
import { startRegistry, type TestRegistry, type TestRegistryOptions } from "./docker-registry.ts";

/** A registry for the tests of one describe block or file. */
export function useRegistry(options: () => TestRegistryOptions = () => ({})): {
  readonly current: TestRegistry;
} {
  let registry: TestRegistry | undefined;
  beforeAll(async () => {
    registry = await startRegistry(options());
  });
  afterAll(() => registry?.stop());
  return {
    get current() {
      if (registry === undefined) throw new Error("The registry runs only while tests do.");
      return registry;
    },
  };
}
