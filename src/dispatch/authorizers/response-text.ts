import { readBody } from "../../bytes/index.ts";

/**
 * The body of a response as text.
 *
 * @param maxBytes - a longer body is not read to its end.
 * @returns undefined for a longer body and for what is not UTF-8.
 */
export async function responseText(response: Response, maxBytes: number): Promise<string | undefined> {
  const bytes = await readBody(response.body, maxBytes);
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
