/** Confluence's storage format: macros, tasks, links and pictures as elements of its own, in `ac:` and `ri:`. */
import type { Element, ElementContent } from 'hast';
import { attributeOf, element, isElement, textOf, words } from '../nodes.js';
import { checkbox } from './checkboxes.js';

export function confluenceElement(node: Element): ElementContent[] | null {
  if (!/^(?:ac|ri|at):/.test(node.tagName)) return null;
  switch (node.tagName) {
    case 'ac:structured-macro':
    case 'ac:macro':
      return macro(node);
    case 'ac:task-list':
      return [
        element(
          'ul',
          node.children.filter((child) => isElement(child, 'li')),
        ),
      ];
    case 'ac:task':
      return [task(node)];
    case 'ac:link':
      return link(node);
    case 'ac:image':
      return picture(node);
    case 'ac:emoticon':
      return [words(attributeOf(node, 'ac:emoji-fallback') ?? `(${attributeOf(node, 'ac:name') ?? 'emoticon'})`)];
    case 'ac:placeholder':
    case 'ac:layout':
    case 'ac:layout-section':
    case 'ac:layout-cell':
    case 'ac:rich-text-body':
    case 'ac:adf-content':
      return [element('div', node.children)];
    case 'ac:parameter':
    case 'ac:plain-text-body':
    case 'ac:task-id':
    case 'ac:task-uuid':
    case 'ac:task-status':
    case 'ac:task-body':
    case 'ac:link-body':
    case 'ac:plain-text-link-body':
      return null; // Read by the element around it.
    default:
      return /^ri:/.test(node.tagName) ? null : node.children;
  }
}

function childOf(node: Element, ...tagNames: readonly string[]): Element | null {
  const found = node.children.find((child) => isElement(child, ...tagNames));
  return isElement(found) ? found : null;
}

function macro(node: Element): ElementContent[] {
  const name = attributeOf(node, 'ac:name') ?? '';
  const parameters = node.children.filter((child) => isElement(child, 'ac:parameter'));
  const parameter = (wanted: string): string | null => {
    const found = parameters.find((each) => isElement(each) && attributeOf(each, 'ac:name') === wanted);
    return found === undefined ? null : textOf(found).trim();
  };
  const body = node.children.filter((child) => isElement(child, 'div'));
  const plain = childOf(node, 'ac:plain-text-body');
  if (plain !== null) return [code(plain, parameter('language'))];
  const title = parameter('title');
  const heading = title === null || title === '' ? [] : [element('p', [element('strong', [words(title)])])];
  if (name === 'status') return [words(`[${title ?? ''}]`)];
  if (/^(?:info|note|tip|warning|panel|quote)$/.test(name)) return [element('blockquote', [...heading, ...body])];
  if (body.length > 0) return [...heading, ...body];
  const shown = parameter('key') ?? parameter('url') ?? parameter('name') ?? title;
  return shown === null ? [] : [words(shown)];
}

function code(body: Element, language: string | null): Element {
  const className = language === null || language === '' ? [] : [`language-${language.toLowerCase()}`];
  return element('pre', [element('code', body.children, { className })]);
}

function task(node: Element): Element {
  const status = childOf(node, 'ac:task-status');
  const body = childOf(node, 'ac:task-body');
  const isDone = status !== null && textOf(status).trim() === 'complete';
  return element('li', [checkbox(isDone), ...(body?.children ?? [])]);
}

function link(node: Element): ElementContent[] {
  const body = childOf(node, 'ac:plain-text-link-body', 'ac:link-body');
  const target = node.children.find((child) => isElement(child) && child.tagName.startsWith('ri:'));
  if (body !== null && textOf(body).trim() !== '') return body.children;
  return isElement(target) ? [words(nameOf(target))] : [];
}

/** What can be told of a page, a file or a person without asking Confluence. */
function nameOf(target: Element): string {
  const named = ['ri:content-title', 'ri:filename', 'ri:value', 'ri:username'].map((name) => attributeOf(target, name));
  const name = named.find((each) => each !== null);
  if (name !== null && name !== undefined) return name;
  const account = attributeOf(target, 'ri:account-id') ?? attributeOf(target, 'ri:userkey');
  return account === null ? 'a page in Confluence' : `a person in Confluence (${account})`;
}

function picture(node: Element): ElementContent[] {
  const target = node.children.find((child) => isElement(child, 'ri:url', 'ri:attachment'));
  const name = isElement(target) ? nameOf(target) : '';
  const isPage = isElement(target, 'ri:url');
  const alt = attributeOf(node, 'ac:alt') ?? (isPage ? '' : name);
  return [element('img', [], { src: isPage ? name : '', alt })];
}
