import { HostError } from "../../errors/index.ts";

/**
 * An error about an archive over a limit.
 * @param form which of its sizes is meant
 * @param bytes how many there are; undefined where nobody counted to the end
 */
export function tooLarge(
  form: "packed" | "unpacked",
  bytes: number | undefined,
  maxBytes: number,
): HostError {
  const count = bytes === undefined ? "too many" : `${bytes}`;
  const what = form === "packed" ? "The provider archive" : "The unpacked provider archive";
  return new HostError("archive.too_large", `${what} has ${count} bytes, at most ${maxBytes} are accepted`, {
    hint: "Leave out targets that nobody needs, or raise the limit of this host.",
    details: { maxBytes, ...(bytes === undefined ? {} : { bytes }) },
  });
}
