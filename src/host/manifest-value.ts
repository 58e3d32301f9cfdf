import {
  Composer,
  type CST,
  type Document,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  visit,
} from "yaml";
import { HostError, messageOf } from "../errors/index.ts";

/** A part of a manifest, in whichever notation it was written. Lists and maps are read only where they are used. */
export type ManifestValue =
  /** `isNull`: YAML's way to write nothing, which is a text all the same where a text is wanted. */
  | { readonly kind: "text"; readonly text: string; readonly isNull: boolean }
  | { readonly kind: "list"; readonly items: () => readonly ManifestValue[] }
  | { readonly kind: "map"; readonly entries: () => readonly (readonly [string, ManifestValue])[] }
  /** A truth value of JSON; in YAML these are texts. */
  | { readonly kind: "flag"; readonly value: boolean }
  /** What has no place in a manifest: a number or nothing of JSON. */
  | { readonly kind: "other"; readonly isNull: boolean };

/** @throws HostError `input.invalid` if the text is not JSON. */
export function readJsonManifest(text: string): ManifestValue {
  try {
    return fromJson(JSON.parse(text.replace(/^\uFEFF/, "")));
  } catch (error) {
    // The rest of the engine's message quotes the manifest, which may hold secrets.
    const [place = "syntax error"] = /at position \d+/.exec(messageOf(error)) ?? [];
    throw unreadable("JSON", place);
  }
}

/**
 * Scalars keep the text they are written as: `0x10` is not 16. Protocol section 11.5.
 *
 * @throws HostError `input.invalid` if the text is not one YAML document.
 */
export function readYamlManifest(text: string): ManifestValue {
  try {
    const document = parseYaml(text);
    return fromYaml(document.contents, resolvedAliases(document));
  } catch (error) {
    throw unreadable("YAML", messageOf(error));
  }
}

function fromJson(value: unknown): ManifestValue {
  if (typeof value === "string") return { kind: "text", text: value, isNull: false };
  if (typeof value === "boolean") return { kind: "flag", value };
  if (Array.isArray(value)) return { kind: "list", items: () => value.map(fromJson) };
  if (typeof value !== "object" || value === null) return { kind: "other", isNull: value === null };
  return {
    kind: "map",
    entries: () => Object.entries(value).map(([key, each]) => [key, fromJson(each)] as const),
  };
}

const NOTHING: ManifestValue = { kind: "text", text: "", isNull: true };

function fromYaml(node: unknown, aliases: ReadonlyMap<unknown, Node>): ManifestValue {
  const target = aliases.get(node) ?? node;
  if (isSeq(target))
    return { kind: "list", items: () => target.items.map((item) => fromYaml(item, aliases)) };
  if (isMap(target)) {
    return {
      kind: "map",
      entries: () =>
        target.items.flatMap(({ key, value }) =>
          isScalar(key) ? [[String(key.value), fromYaml(value, aliases)] as const] : [],
        ),
    };
  }
  if (!isScalar(target)) return NOTHING;
  const text = String(target.value);
  return { kind: "text", text, isNull: target.type === "PLAIN" && /^(?:~|null|Null|NULL|)$/.test(text) };
}

/** Nodes within nodes, with some to spare: a manifest needs five. */
const MAX_DEPTH = 64;

/** The only document of a text. Depth is checked on the way: the engine itself fails where YAML nests too deep. */
function parseYaml(text: string): Document {
  const lines = new LineCounter();
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > MAX_DEPTH) throw new Error(`nested deeper than ${MAX_DEPTH} levels`);
  }
  tokens.push(...parser.end());
  // uniqueKeys compares each key with each other; the few maps that are used are checked where they are.
  const composer = new Composer({ schema: "failsafe", uniqueKeys: false, logLevel: "error" });
  const [document, another] = composer.compose(tokens, true, text.length);
  if (document === undefined || another !== undefined) throw new Error("there is more than one document");
  const [error] = document.errors;
  if (error === undefined) return document;
  const { line, col } = lines.linePos(error.pos[0]);
  // Its message may quote the manifest, which may hold secrets.
  const problem = error.code.toLowerCase().replaceAll("_", " ");
  throw new Error(`${problem} at line ${line}, column ${col}`);
}

/** What each alias stands for: the last node before it with that anchor. */
function resolvedAliases(document: Document): ReadonlyMap<unknown, Node> {
  const anchors = new Map<string, Node>();
  const aliases = new Map<unknown, Node>();
  visit(document, {
    Alias: (_, alias) => {
      const target = anchors.get(alias.source);
      if (target === undefined) throw new Error(`there is nothing called *${alias.source.slice(0, 100)}`);
      aliases.set(alias, target);
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return aliases;
}

function unreadable(notation: string, reason: string): HostError {
  return new HostError("input.invalid", `The manifest is not readable as ${notation}: ${reason}`, {
    hint: "Files named .yaml, .yml or without an ending are read as YAML, all others as JSON.",
  });
}
