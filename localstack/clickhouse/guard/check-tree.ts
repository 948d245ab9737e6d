import { accessDenied, ClickHouseError } from '../clickhouse-error.ts';
import { isAllowedFunction, isAllowedTableFunction } from './allow-lists.ts';
import type { SyntaxNode } from './syntax-tree.ts';

/** What a statement may do, and which tables there are. */
export interface TreeRules {
  mayInsert: boolean;
  /** Says whether a name, qualified or not, is a table that the user may read. */
  isReadable(name: string): boolean;
  /** Says whether a name is a database, or the first part of a qualified name of a table. */
  isDatabase(name: string): boolean;
}

/** Holds a statement's syntax tree against the allow-lists. Throws ACCESS_DENIED or UNKNOWN_TABLE. */
export function checkTree(nodes: SyntaxNode[], rules: TreeRules): void {
  const [root] = nodes;
  if (!root || !(READ_ROOTS.has(root.type) || (rules.mayInsert && root.type === 'InsertQuery'))) {
    throw accessDenied(`Not enough privileges for a statement of kind ${root?.type}`);
  }
  if (root.type === 'InsertQuery') checkInsertTarget(root, rules);
  for (const node of nodes) checkNode(node, root, rules);
}

function checkNode(node: SyntaxNode, root: SyntaxNode, rules: TreeRules): void {
  if (node !== root && !NODE_TYPES.has(node.type)) throw accessDenied(`${node.type} is not allowed`);
  if (node.type === 'Set' && node.parent?.type !== 'Explain') {
    throw accessDenied('SETTINGS are allowed at the end of a statement only');
  }
  if (node.type === 'Function') checkFunction(node, root);
  if (node.type === 'TableIdentifier') checkTable(node.name, rules);
  if (node.type === 'Identifier' && isRightSideOfIn(node)) checkRightSideOfIn(node.name, rules);
  if (node.type === 'Identifier' && NAMING_ROOTS.test(node.parent?.type ?? '')) checkNamed(node.name, rules);
  // The file of INTO OUTFILE or FROM INFILE.
  if (node.type === 'Literal' && node.parent === root) throw accessDenied('files are not allowed');
}

const READ_ROOTS = new Set([
  ...['SelectWithUnionQuery', 'SelectIntersectExceptQuery', 'Explain', 'DescribeQuery', 'ShowTables', 'ShowColumns'],
  ...['ShowIndexes', 'ShowFunctions', 'ShowEngines', 'ShowEnginesQuery', 'ShowSetting', 'ShowCreateTableQuery'],
  ...['ShowCreateViewQuery', 'ShowCreateDatabaseQuery', 'ExistsTableQuery', 'ExistsViewQuery', 'ExistsDatabaseQuery'],
]);

/** Nodes that may stand below the root. */
const NODE_TYPES = new Set([
  ...['SelectWithUnionQuery', 'SelectIntersectExceptQuery', 'SelectQuery', 'ExpressionList', 'Subquery', 'WithElement'],
  ...[
    'TablesInSelectQuery',
    'TablesInSelectQueryElement',
    'TableExpression',
    'TableIdentifier',
    'TableJoin',
    'ArrayJoin',
  ],
  ...['Identifier', 'Function', 'Literal', 'Asterisk', 'QualifiedAsterisk', 'SampleRatio', 'Set'],
  ...['ColumnsRegexpMatcher', 'ColumnsListMatcher', 'QualifiedColumnsRegexpMatcher', 'QualifiedColumnsListMatcher'],
  ...['ColumnsTransformerList', 'ColumnsExceptTransformer', 'ColumnsReplaceTransformer', 'ColumnsApplyTransformer'],
  ...['ColumnsReplaceTransformer::Replacement', 'OrderByElement', 'InterpolateElement', 'StorageOrderByElement'],
  ...['WindowDefinition', 'WindowListElement', 'Collation', 'DescribeQuery', 'Explain'],
]);

/** Statements whose child is the name of what they show. */
const NAMING_ROOTS = /^(ShowCreate|Exists)/;

function checkFunction({ name, parent }: SyntaxNode, root: SyntaxNode): void {
  const isTable = parent?.type === 'TableExpression';
  // In a user's INSERT, input() is the request's own data.
  const isOwnData = isTable && root.type === 'InsertQuery' && name === 'input';
  if (isTable ? isAllowedTableFunction(name) || isOwnData : isAllowedFunction(name)) return;
  throw accessDenied(`${isTable ? 'table function' : 'function'} ${name} is not allowed`);
}

/** The names before columns and query: database and table, or the table alone. A table function has none. */
function checkInsertTarget({ children }: SyntaxNode, rules: TreeRules): void {
  const names = children.filter(({ type }) => type === 'Identifier').map(({ name }) => name);
  const target = names.join('.');
  if (target === '' || /^(system|information_schema)\./i.test(target)) {
    throw accessDenied(`Not enough privileges to insert into ${target || 'a table function'}`);
  }
  checkTable(target, rules);
}

function checkTable(name: string, { isReadable }: TreeRules): void {
  if (isReadable(name)) return;
  if (/^(system|information_schema)\./i.test(name)) throw accessDenied(`Not enough privileges for ${name}`);
  throw new ClickHouseError(60, 'UNKNOWN_TABLE', `Unknown table expression identifier '${name}'`);
}

/** `x IN name` reads the table of that name, if it is no column. */
function isRightSideOfIn({ parent }: SyntaxNode): boolean {
  const operator = parent?.parent;
  return operator?.type === 'Function' && /in(IgnoreSet)?$/i.test(operator.name) && parent?.type === 'ExpressionList';
}

function checkRightSideOfIn(name: string, rules: TreeRules): void {
  if (rules.isReadable(name)) return;
  const [first = ''] = name.split('.');
  if (/^\w+(\.\w+)*$/.test(name) && (first === name || !rules.isDatabase(first))) return;
  checkTable(name, rules);
}

/** A plain name may name nothing: EXISTS answers 0. Anything else could name a file. */
function checkNamed(name: string, rules: TreeRules): void {
  if (/^\w+(\.\w+)?$/.test(name) && !/^system\./i.test(name)) return;
  checkTable(name, rules);
}
