import ts from "typescript";

/** One import of a file, wherever it stands and whether it is for types or values. */
export interface ImportSite {
  /** What is imported; `undefined` where it is computed and nobody can tell. */
  readonly specifier: string | undefined;
  readonly line: number;
}

/** All imports of a TypeScript source: statements, re-exports, dynamic and type imports, workers by URL, references. */
export function importsOf(path: string, text: string): ImportSite[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const sites: ImportSite[] = [];
  const add = (specifier: string | undefined, position: number): void => {
    sites.push({ specifier, line: source.getLineAndCharacterOfPosition(position).line + 1 });
  };
  const visit = (node: ts.Node): void => {
    const found = importedBy(node);
    if (found !== undefined) add(found.specifier, node.getStart(source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const reference of source.referencedFiles) add(relative(reference.fileName), reference.pos);
  for (const reference of source.typeReferenceDirectives) add(reference.fileName, reference.pos);
  for (const reference of source.libReferenceDirectives) add(`lib:${reference.fileName}`, reference.pos);
  return sites;
}

function importedBy(node: ts.Node): { specifier: string | undefined } | undefined {
  if (ts.isImportDeclaration(node)) return { specifier: literal(node.moduleSpecifier) };
  if (ts.isExportDeclaration(node)) {
    return node.moduleSpecifier === undefined ? undefined : { specifier: literal(node.moduleSpecifier) };
  }
  if (ts.isExternalModuleReference(node)) return { specifier: literal(node.expression) };
  if (ts.isImportTypeNode(node)) {
    return { specifier: ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : undefined };
  }
  if (ts.isModuleDeclaration(node) && ts.isStringLiteral(node.name)) return { specifier: node.name.text };
  if (ts.isCallExpression(node) && isImporting(node.expression)) {
    return { specifier: literal(node.arguments[0]) };
  }
  if (ts.isNewExpression(node) && isUrlBesideModule(node)) {
    const target = literal(node.arguments?.[0]);
    return target === undefined ? { specifier: undefined } : { specifier: relative(target) };
  }
  return undefined;
}

function isImporting(callee: ts.Expression): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === "require")
  );
}

/** `new URL(…, import.meta.url)`: how a bundler is told of a worker or an asset. */
function isUrlBesideModule(node: ts.NewExpression): boolean {
  const [, base] = node.arguments ?? [];
  return node.expression.getText() === "URL" && base?.getText() === "import.meta.url";
}

function literal(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function relative(path: string): string {
  return path.startsWith(".") ? path : `./${path}`;
}
