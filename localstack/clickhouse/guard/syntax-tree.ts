/** One node of `EXPLAIN AST`: its type and the name behind it, where it has one. */
export interface SyntaxNode {
  type: string;
  name: string;
  parent: SyntaxNode | undefined;
  children: SyntaxNode[];
}

/**
 * Reads the text of `EXPLAIN AST`: one node a line, one blank of indentation a level. The names in it are not quoted,
 * so the caller has to refuse statements whose identifiers could pass for something else (`checkIdentifiers`).
 */
export function readSyntaxTree(text: string): SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  const path: SyntaxNode[] = [];
  for (const line of text.split('\n')) {
    const match = NODE.exec(line);
    if (!match) continue;
    const [, indentation = '', type = '', rest = ''] = match;
    const depth = indentation.length;
    const parent = depth > 0 ? path[depth - 1] : undefined;
    const node: SyntaxNode = { type, name: rest.replace(SUFFIX, '').trimStart(), parent, children: [] };
    parent?.children.push(node);
    path[depth] = node;
    nodes.push(node);
  }
  return nodes;
}

const NODE = /^( *)([\w:]+)(.*)$/;
const SUFFIX = /( \(alias [\s\S]*\))?( \(children \d+\))?$/;
