import { HostError } from "../../errors/index.ts";

const MAX_LENGTH = 1_024;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in a name
const FORBIDDEN = /[\u0000-\u001f\u007f\\]/;

/**
 * Checks the name of a container or an object: segments between slashes, none of which leads anywhere else. The
 * first-party provider changes such names silently; two of them could then be one.
 *
 * @throws HostError `provider.bad_request`.
 */
export function checkBlobName(name: string, what: "container" | "object"): void {
  const segments = name.split("/");
  const isPlain = segments.every((segment) => segment !== "" && segment !== "." && segment !== "..");
  if (isPlain && name.length <= MAX_LENGTH && !FORBIDDEN.test(name)) return;
  throw new HostError(
    "provider.bad_request",
    `The name of the ${what} is empty, too long or leads out of its place`,
    {
      hint: `Use up to ${MAX_LENGTH} characters, without backslashes, control characters, and empty, . or .. segments.`,
    },
  );
}
