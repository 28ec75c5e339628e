// Reads references from the source: top-level declarations, and what their bodies use, in order.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** A top-level function, constant or class. */
export type Declaration = {
  name: string;
  /** Relative to the root of the source. */
  file: string;
  node: ts.Node;
};

/** One step of a body, in source order. */
export type CallStep = { kind: 'use'; of: Declaration } | { kind: 'text'; text: string } | { kind: 'write' };

export type CodeGraph = {
  root: string;
  /** Source files below a folder. */
  files: (folder: string) => ts.SourceFile[];
  /** Looks a declaration up by file and name. */
  find: (file: string, name: string) => Declaration | null;
  stepsOf: (node: ts.Node) => CallStep[];
};

const IS_SOURCE = /\.tsx?$/;
const IS_TEST = /\.(test|contract)\.tsx?$/;
const SKIPPED = new Set(['node_modules', 'prisma', 'fixtures']);

/** Reads `folders` below `root`, without tests. Skips type checks and packages, so it takes seconds. */
export function readCodeGraph(root: string, folders: string[]): CodeGraph {
  const paths = folders.flatMap((folder) => listSources(join(root, folder)));
  const options: ts.CompilerOptions = { noLib: true, noResolve: false, allowImportingTsExtensions: true, noEmit: true };
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) => ({ resolvedModule: resolveSource(root, text, from) }));
  const program = ts.createProgram(paths, { ...options, types: [], jsx: ts.JsxEmit.Preserve }, host);
  const checker = program.getTypeChecker();
  const sources = paths.map((path) => program.getSourceFile(path)).filter((source) => source !== undefined);
  const declarations = new Map<ts.Node, Declaration>();
  for (const source of sources) {
    for (const found of listDeclarations(source, relative(root, source.fileName))) declarations.set(found.node, found);
  }
  const read = new Map<ts.Node, CallStep[]>();
  return {
    root,
    files: (folder) => sources.filter(({ fileName }) => fileName.startsWith(join(root, folder))),
    find: (file, name) => [...declarations.values()].find((one) => one.file === file && one.name === name) ?? null,
    stepsOf: (node) => {
      const known = read.get(node) ?? readSteps(node, checker, declarations);
      read.set(node, known);
      return known;
    },
  };
}

function listSources(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : listSources(join(path, entry.name));
    return IS_SOURCE.test(entry.name) && !IS_TEST.test(entry.name) ? [join(path, entry.name)] : [];
  });
}

function resolveSource(root: string, specifier: string, from: string): ts.ResolvedModuleFull | undefined {
  const isOwn = specifier.startsWith('#') || specifier.startsWith('.');
  if (!isOwn || !IS_SOURCE.test(specifier) || specifier.includes('platform/prisma/')) return undefined;
  const path = specifier.startsWith('#') ? join(root, specifier.slice(1)) : join(dirname(from), specifier);
  if (!existsSync(path)) return undefined;
  return { resolvedFileName: path, extension: path.endsWith('x') ? ts.Extension.Tsx : ts.Extension.Ts };
}

function listDeclarations(source: ts.SourceFile, file: string): Declaration[] {
  return source.statements.flatMap((statement): Declaration[] => {
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.map((node) => ({ name: node.name.getText(), file, node }));
    }
    const isNamed = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
    return isNamed ? [{ name: statement.name?.text ?? 'default', file, node: statement }] : [];
  });
}

const WRITES = new Set([
  ...['create', 'createMany', 'createManyAndReturn', 'update', 'updateMany', 'updateManyAndReturn', 'upsert'],
  ...['delete', 'deleteMany', '$executeRaw', '$executeRawUnsafe'],
]);
const CLIENTS = new Set(['db', 'tx', 'direct']);
const SQL_WRITE =
  /\b(INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+[a-z_"]+\s+(AS\s+)?([a-z]+\s+)?SET|(?:add_jobs?|enqueue_job)\s*\()/;

function readSteps(body: ts.Node, checker: ts.TypeChecker, declarations: Map<ts.Node, Declaration>): CallStep[] {
  const steps: CallStep[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return;
    if (ts.isStringLiteral(node)) steps.push({ kind: 'text', text: node.text });
    if (isSqlWrite(node) || isPrismaWrite(node)) steps.push({ kind: 'write' });
    if (ts.isIdentifier(node)) {
      const used = resolve(node, checker, declarations);
      if (used && used.node !== body) steps.push({ kind: 'use', of: used });
      return;
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(body, visit);
  return steps;
}

function resolve(
  identifier: ts.Identifier,
  checker: ts.TypeChecker,
  declarations: Map<ts.Node, Declaration>,
): Declaration | null {
  const { parent } = identifier;
  const isName =
    (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) && parent.name === identifier;
  if (isName) return null;
  const symbol = ts.isShorthandPropertyAssignment(parent)
    ? checker.getShorthandAssignmentValueSymbol(parent)
    : checker.getSymbolAtLocation(identifier);
  if (!symbol) return null;
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return (target.valueDeclaration && declarations.get(target.valueDeclaration)) ?? null;
}

function isSqlWrite(node: ts.Node): boolean {
  const isText = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
  return isText && SQL_WRITE.test(node.getText());
}

/** Matches `db.MODEL.create(…)` and `tx.$executeRaw…`: write methods of a database client. */
function isPrismaWrite(node: ts.Node): boolean {
  if (!ts.isPropertyAccessExpression(node) || !WRITES.has(node.name.text)) return false;
  const { expression } = node;
  const client = node.name.text.startsWith('$')
    ? expression
    : ts.isPropertyAccessExpression(expression) && expression.expression;
  if (!client) return false;
  return CLIENTS.has(ts.isPropertyAccessExpression(client) ? client.name.text : client.getText());
}
