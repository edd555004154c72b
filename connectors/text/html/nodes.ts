/** Small questions about the nodes of an HTML tree (hast), and how to make some. */
import type { Element, ElementContent, Properties } from 'hast';
import { BLOCK } from './elements.js';

export function element(tagName: string, children: ElementContent[], properties: Properties = {}): Element {
  return { type: 'element', tagName, properties, children };
}

export function words(value: string): ElementContent {
  return { type: 'text', value };
}

export function isElement<Name extends string = string>(
  node: ElementContent | undefined,
  ...tagNames: readonly Name[]
): node is Element & { tagName: Name } {
  return node?.type === 'element' && (tagNames.length === 0 || tagNames.some((name) => name === node.tagName));
}

export function isList(node: ElementContent | undefined): node is Element & { tagName: 'ul' | 'ol' | 'menu' | 'dir' } {
  return isElement(node, 'ul', 'ol', 'menu', 'dir');
}

export function isBlock(node: ElementContent): boolean {
  return node?.type === 'element' && BLOCK.has(node.tagName);
}

/** Whether it is a block or has one inside. */
export function hasBlock(node: ElementContent): boolean {
  return isBlock(node) || (node.type === 'element' && node.children.some(hasBlock));
}

export function isBlank(node: ElementContent): boolean {
  return node.type === 'comment' || (node.type === 'text' && /^[\s\u200b\ufeff]*$/.test(node.value));
}

export function textOf(node: ElementContent): string {
  if (node.type === 'text') return node.value;
  return node.type === 'element' ? node.children.map(textOf).join('') : '';
}

/** An attribute's value as it was written; null where there is none. */
export function attributeOf({ properties }: Element, name: string): string | null {
  const value = properties[name];
  if (value === undefined || value === null || value === false) return null;
  return Array.isArray(value) ? value.join(' ') : String(value);
}

export function classesOf({ properties }: Element): readonly string[] {
  return Array.isArray(properties['className']) ? properties['className'].map(String) : [];
}

export function hasClass(node: Element, pattern: RegExp): boolean {
  return classesOf(node).some((name) => pattern.test(name));
}

/** The value of a property of `style`, in lower case; empty where there is none. */
export function styleOf(node: Element, property: string): string {
  const style = attributeOf(node, 'style')?.toLowerCase() ?? '';
  if (!style.includes(property)) return '';
  const declaration = style.split(';').find((each) => each.split(':', 1)[0]?.trim() === property);
  return declaration?.slice(declaration.indexOf(':') + 1).trim() ?? '';
}
