/** The link name that a text means: none stands for `default`. */
export function linkNameOf(text: string): string {
  return text.trim() === "" ? "default" : text.trim();
}
