import { parseImageReference } from "../../../src/registry/index.ts";

/** A reference as the host takes it, or what is wrong with what was typed. */
export type CheckedReference =
  | { readonly ok: true; readonly reference: string }
  | { readonly ok: false; readonly problem: string };

/**
 * Understands a reference for the host of this tab: an `http(s)` address, a path on the server of this page, or an
 * image reference. The first part of an image reference is a registry, so it has a dot or a port.
 */
export function checkReference(typed: string): CheckedReference {
  const text = typed.trim();
  if (text === "") return { ok: false, problem: "Enter an http(s) address or an image reference." };
  if (isImage(text)) return { ok: true, reference: text };
  const url = URL.canParse(text, document.baseURI) ? new URL(text, document.baseURI) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return { ok: true, reference: url.href };
  return {
    ok: false,
    problem: "Enter an http(s) address, or an image reference such as registry.example.com/team/echo:0.3.2.",
  };
}

/**
 * What is wrong with a reference for any host; undefined if nothing is seen from here. Hosts differ in what they take
 * and reach, so the last word is that host's.
 */
export function referenceProblem(typed: string): string | undefined {
  const text = typed.trim();
  if (text === "")
    return "Enter a reference: an http(s) address or an image reference that the host reaches.";
  return /\s/.test(text) ? "A reference has no spaces." : undefined;
}

function isImage(text: string): boolean {
  const [first = ""] = text.split("/");
  if (!/[.:]/.test(first) && first !== "localhost") return false;
  try {
    parseImageReference(text);
    return true;
  } catch {
    return false; // an address, or neither
  }
}
