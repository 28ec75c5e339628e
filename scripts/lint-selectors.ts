// What the linter forbids beyond its own rules, as esquery selectors: eslint.config.mjs applies them, lib/architecture.test.ts tries them.

const MODULE_VARIABLE = ':matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration';
const VALUE = `${MODULE_VARIABLE} > VariableDeclarator`;
/** Constructors of values that nothing changes, or of tables when they are given their rows. */
const CONSTANTS = '/^(Map|Set|RegExp|URL|URLSearchParams|TextEncoder|TextDecoder)$/';

/** Variables of a module that hold more than a constant. */
export const MODULE_STATE = [
  `${MODULE_VARIABLE}[kind='let']`,
  `${VALUE} > NewExpression[callee.name=/./]:not([callee.name=${CONSTANTS}])`,
  `${VALUE} > NewExpression[callee.name=/^(Map|Set)$/][arguments.length=0]`,
  `${VALUE} > ObjectExpression[properties.length=0]`,
  `${VALUE}:not([id.typeAnnotation.typeAnnotation.operator='readonly']) > ArrayExpression[elements.length=0]`,
];

/** How statements begin that read or change rows. */
const STATEMENT =
  '/^\\s*(SELECT\\s|INSERT INTO\\s|UPDATE [a-z_]+( [a-z])? SET\\s|DELETE FROM\\s|WITH (RECURSIVE )?[a-z_]+ AS\\s|LISTEN\\s|LOCK TABLE\\s)/';

/** SQL, and the calls that send it. */
export const RAW_SQL = [
  'MemberExpression[property.name=/^\\$(query|execute)Raw(Unsafe)?$/]',
  "MemberExpression[object.name='Prisma'][property.name=/^(sql|raw|join|empty)$/]",
  "CallExpression[callee.property.name='query'][callee.object.name=/^(pool|client|tx|direct|db)$/]",
  "CallExpression[callee.property.name='query'][callee.object.property.name=/^(pool|client|tx|direct|db)$/]",
  `:matches(Literal[value=${STATEMENT}], TemplateElement[value.raw=${STATEMENT}])`,
];
