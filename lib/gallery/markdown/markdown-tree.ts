/** The part of an HTML syntax tree that rendering uses. */
export type Node = {
  type: string;
  tagName?: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: Node[];
};
export type Element = Node & { tagName: string; properties: Record<string, unknown>; children: Node[] };

export function isElement(node: Node): node is Element {
  return node.type === 'element' && node.tagName !== undefined && node.properties !== undefined;
}

export function nodeText(node: Node): string {
  return node.type === 'text' ? (node.value ?? '') : (node.children ?? []).map(nodeText).join('');
}

/** All descendant elements in document order. */
export function elementsIn(node: Node, found: Element[] = []): Element[] {
  for (const child of node.children ?? []) {
    if (isElement(child)) found.push(child);
    elementsIn(child, found);
  }
  return found;
}

/** The value of a string property, or empty. */
export function property(element: Element, name: string): string {
  const value = element.properties[name];
  return typeof value === 'string' ? value : '';
}
