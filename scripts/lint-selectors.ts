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
