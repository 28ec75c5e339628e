// Finds the entry points of requests, jobs and commands.
import { relative } from 'node:path';
import ts from 'typescript';
import type { CodeGraph, Declaration } from './code-graph.ts';

export type EntryKind = 'action' | 'page' | 'rest' | 'distribution' | 'aws' | 'job' | 'command';

export type Entry = {
  kind: EntryKind;
  /** Such as `app/signin/actions.ts signIn`, `POST /aliases/{name}/primary` or `vitrine gc`. */
  name: string;
  /** The code that runs, in order. */
  bodies: ts.Node[];
  /** Actions that the edge authorizes first. */
  decidedAtEdge: string[];
  /** The action that the body's decision is about, if the edge names it. */
  action?: string;
};

export function findEntries(graph: CodeGraph): Entry[] {
  return [
    ...graph.files('app').flatMap((source) => findInApp(graph, source)),
    ...graph.files('lib/api/rest').flatMap(findRestRoutes),
    ...findDistributionRoutes(graph),
    ...graph.files('lib/api/aws').flatMap(findAwsOperations),
    ...findJobs(graph),
    ...findCommands(graph),
  ];
}

const PAGE_EXPORTS = new Set(['default', 'generateMetadata', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
const IS_PAGE = /(^|\/)(page|layout|route|not-found|error|robots|sitemap)\.tsx?$/;

function findInApp({ root }: CodeGraph, source: ts.SourceFile): Entry[] {
  const file = relative(root, source.fileName);
  const [first] = source.statements;
  const isAction = first !== undefined && ts.isExpressionStatement(first) && first.getText().includes('use server');
  if (!isAction && !IS_PAGE.test(file)) return [];
  return listExports(source)
    .filter(({ name }) => isAction || PAGE_EXPORTS.has(name))
    .map(({ name, node }) => ({
      kind: isAction ? 'action' : 'page',
      name: isAction ? `${file} ${name}` : `${file}${name === 'default' ? '' : ` ${name}`}`,
      bodies: [node],
      decidedAtEdge: [],
    }));
}

function listExports(source: ts.SourceFile): { name: string; node: ts.Node }[] {
  return source.statements.flatMap((statement): { name: string; node: ts.Node }[] => {
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
    const has = (kind: ts.SyntaxKind) => modifiers.some((modifier) => modifier.kind === kind);
    if (!has(ts.SyntaxKind.ExportKeyword)) return [];
    if (ts.isFunctionDeclaration(statement)) {
      const name = has(ts.SyntaxKind.DefaultKeyword) ? 'default' : (statement.name?.text ?? 'default');
      return [{ name, node: statement }];
    }
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.flatMap((node) => {
      const names = ts.isObjectBindingPattern(node.name)
        ? node.name.elements.map((one) => one.name.getText())
        : [node.name.getText()];
      return names.map((name) => ({ name, node }));
    });
  });
}

/** Finds calls of `defineRoute`. */
function findRestRoutes(source: ts.SourceFile): Entry[] {
  return findCalls(source, 'defineRoute').flatMap((call) => {
    const [definition] = call.arguments;
    if (!definition) return [];
    const [method, path, access, to] = ['method', 'path', 'access', 'to'].map((name) => findText(definition, name));
    const handle = findProperty(definition, 'handle');
    if (!handle) return [];
    const decidedAtEdge = findEdgeActions({ method, access, to });
    return [{ kind: 'rest' as const, name: `${method} ${path}`, bodies: [handle.parent], decidedAtEdge }];
  });
}

/** Mirrors handle-rest-request.ts. A token's API scope authorizes its user's own account only. */
function findEdgeActions({ method, access, to }: Record<'method' | 'access' | 'to', string | undefined>): string[] {
  if (access === 'admin') return ['vitrine:ListSite'];
  if (access === 'reviewer') return ['vitrine:ListReviewQueue'];
  if (access !== 'user' || to !== 'account') return [];
  return [method === 'GET' ? 'vitrine:ReadAccount' : 'vitrine:ManageAccount'];
}

/** Finds calls of `defineOperations`. The edge passes each operation its own name as the action. */
function findAwsOperations(source: ts.SourceFile): Entry[] {
  return findCalls(source, 'defineOperations').flatMap((call) => {
    const [service, , handlers] = call.arguments;
    if (!service || !handlers || !ts.isObjectLiteralExpression(handlers)) return [];
    return handlers.properties.map((handler) => {
      const action = `${service.getText().slice(1, -1)}:${handler.name?.getText()}`;
      return { kind: 'aws' as const, name: action, bodies: [handler], decidedAtEdge: [], action };
    });
  });
}

const EDGE = 'lib/distribution/http/handle-distribution-request.ts';
const OTHER_PATHS = { '/v2/': 'ping', '/token': 'handleTokenRequest', '/v1/search': 'searchImages' };

/**
 * Finds calls of `route` in the table of `/v2`, with what the edge runs before each handler, and the paths outside the
 * table.
 */
function findDistributionRoutes(graph: CodeGraph): Entry[] {
  const table = graph.files('lib/distribution/http/routes.ts')[0];
  const routes = table ? findCalls(table, 'route') : [];
  const edge = (name: string) => graph.find(EDGE, name);
  const before = { pull: edge('runPull'), write: edge('runWrite') };
  const others = Object.entries(OTHER_PATHS).flatMap(([path, name]) => {
    const used = findUsed(edge('dispatch'), graph, name);
    return used ? [{ kind: 'distribution' as const, name: path, bodies: [used.node], decidedAtEdge: [] }] : [];
  });
  return [
    ...routes.flatMap((call): Entry[] => {
      const [definition] = call.arguments;
      const handler = definition && findProperty(definition, 'handler');
      if (!handler) return [];
      const [method, suffix, action] = ['method', 'suffix', 'action'].map((name) => findText(definition, name));
      const edgeStep = action === 'pull' ? before.pull : before.write;
      return [
        {
          kind: 'distribution',
          name: `${method} /v2/NAME/${suffix}`,
          bodies: [...(edgeStep ? [edgeStep.node] : []), handler.parent],
          decidedAtEdge: [],
        },
      ];
    }),
    ...others,
  ];
}

function findUsed(declaration: Declaration | null, graph: CodeGraph, name: string): Declaration | undefined {
  if (!declaration) return undefined;
  const used = graph.stepsOf(declaration.node).flatMap((step) => (step.kind === 'use' ? [step.of] : []));
  return used.find((one) => one.name === name);
}

/** Reads the table of the worker's handlers. */
function findJobs(graph: CodeGraph): Entry[] {
  const table = graph.find('lib/worker.ts', 'jobHandlers')?.node;
  return listProperties(table && findReturned(table)).map(({ name, value }) => ({
    kind: 'job',
    name: `job ${name}`,
    bodies: [value],
    decidedAtEdge: [],
  }));
}

/** Reads the table of commands. */
function findCommands(graph: CodeGraph): Entry[] {
  const table = graph.find('scripts/commands/commands.ts', 'COMMANDS')?.node;
  return listProperties(table && ts.isVariableDeclaration(table) ? table.initializer : undefined).map((command) => ({
    kind: 'command',
    name: `vitrine ${command.name}`,
    bodies: [command.value],
    decidedAtEdge: [],
  }));
}

function listProperties(object: ts.Node | undefined): { name: string; value: ts.Node }[] {
  if (!object || !ts.isObjectLiteralExpression(object)) return [];
  return object.properties.flatMap((property) =>
    // Keep the whole property, because a value that is only a name has no children.
    ts.isPropertyAssignment(property)
      ? [{ name: property.name.getText().replaceAll(/['[\]]/g, ''), value: property }]
      : [],
  );
}

function findCalls(root: ts.Node, name: string): ts.CallExpression[] {
  const calls: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === name) calls.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return calls;
}

/** Finds the value of the first property of this name at any depth. */
function findReturned(root: ts.Node): ts.Node | undefined {
  if (ts.isReturnStatement(root)) return root.expression;
  return ts.forEachChild(root, findReturned);
}

function findProperty(root: ts.Node, name: string): ts.Node | undefined {
  if (ts.isPropertyAssignment(root) && root.name.getText() === name) return root.initializer;
  if (ts.isShorthandPropertyAssignment(root) && root.name.text === name) return root.name;
  return ts.forEachChild(root, (child) => findProperty(child, name));
}

function findText(root: ts.Node, name: string): string | undefined {
  const value = findProperty(root, name);
  return value && ts.isStringLiteralLike(value) ? value.text : undefined;
}
