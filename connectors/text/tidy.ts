/**
 * Puts a harmless tree into the form that every markup can hold: blanks and breaks stand outside marks, marks around
 * nothing and blocks without words are gone, and two breaks in a row begin a paragraph (Outlook writes them so). An
 * item is spread by blank lines where it has several paragraphs, not where a list follows its words.
 * Changes the tree it is given.
 */
import type { Delete, Emphasis, InlineCode, Link, Nodes, Paragraph, Root, Strong } from 'mdast';
import { isBlank } from '../../domain/rules/unseen.js';
import { type Block, isBlock, isPhrase, type Phrase } from './textTree.js';

export function tidyTree(root: Root): Root {
  return { type: 'root', children: blocks(root.children) };
}

function blocks(nodes: readonly Nodes[]): Block[] {
  return nodes.filter(isBlock).flatMap(block);
}

function block(node: Block): Block[] {
  switch (node.type) {
    case 'paragraph':
      return paragraphs(phrases(node.children));
    case 'heading': {
      const children = trimmed(inOneLine(phrases(node.children)));
      return isShown(children) ? [{ ...node, children }] : [];
    }
    case 'blockquote': {
      const children = blocks(node.children);
      return children.length === 0 ? [] : [{ type: 'blockquote', children }];
    }
    case 'list': {
      for (const item of node.children) item.children = blocks(item.children);
      const children = node.children.filter((item) => item.children.length > 0 || node.ordered === true);
      for (const item of children) item.spread = item.children.filter(({ type }) => type !== 'list').length > 1;
      return children.length === 0
        ? []
        : [{ ...node, children, spread: children.some(({ spread }) => spread === true) }];
    }
    case 'table': {
      for (const cell of node.children.flatMap((row) => row.children)) {
        cell.children = trimmed(withoutLineEnds(phrases(cell.children)));
      }
      return node.children.some((row) => row.children.some((cell) => cell.children.length > 0)) ? [node] : [];
    }
    case 'code':
    case 'thematicBreak':
      return [node];
  }
}

function isShown(nodes: readonly Phrase[]): boolean {
  return nodes.some((node) => {
    if (node.type === 'text' || node.type === 'inlineCode') return !isBlank(node.value);
    return node.type !== 'break' && isShown(node.children.filter(isPhrase));
  });
}

function paragraphs(nodes: readonly Phrase[]): Paragraph[] {
  const parts: Phrase[][] = [[]];
  for (const [at, node] of nodes.entries()) {
    const isSecondBreak = node.type === 'break' && nodes[at - 1]?.type === 'break';
    if (isSecondBreak) parts.push([]);
    else parts.at(-1)?.push(node);
  }
  return parts.filter(isShown).map((part) => ({ type: 'paragraph', children: trimmed(part) }));
}

/** Without blanks and breaks at the beginning, at the end and around breaks. */
function trimmed(nodes: readonly Phrase[]): Phrase[] {
  const kept: Phrase[] = [];
  for (const [at, node] of nodes.entries()) {
    if (node.type !== 'text') {
      kept.push(node);
      continue;
    }
    const isAfterBreak = at === 0 || nodes[at - 1]?.type === 'break';
    const isBeforeBreak = at === nodes.length - 1 || nodes[at + 1]?.type === 'break';
    const start = isAfterBreak ? node.value.replace(/^[\s\ufeff]+/, '') : node.value;
    const value = isBeforeBreak ? start.trimEnd() : start;
    if (value !== '') kept.push({ type: 'text', value });
  }
  const first = kept.findIndex(({ type }) => type !== 'break');
  return first === -1 ? [] : kept.slice(first, kept.findLastIndex(({ type }) => type !== 'break') + 1);
}

/** A heading has one line. */
function inOneLine(nodes: readonly Phrase[]): Phrase[] {
  const line: Phrase[] = [];
  for (const [at, node] of withoutLineEnds(nodes).entries()) {
    if (node.type === 'break') append(line, { type: 'text', value: nodes[at - 1]?.type === 'break' ? '' : ' ' });
    else if ('children' in node) line.push({ ...node, children: inOneLine(node.children.filter(isPhrase)) });
    else append(line, node);
  }
  return line;
}

function withoutLineEnds(nodes: readonly Phrase[]): Phrase[] {
  for (const node of nodes) {
    if (node.type === 'text') node.value = node.value.replace(/\s*\n\s*/g, ' ');
    else if ('children' in node) node.children = withoutLineEnds(node.children.filter(isPhrase));
  }
  return [...nodes];
}

type Mark = Emphasis | Strong | Delete | Link;

function phrases(nodes: readonly Nodes[], around: readonly string[] = []): Phrase[] {
  const clean: Phrase[] = [];
  for (const node of nodes.filter(isPhrase)) {
    for (const each of 'children' in node ? mark(node, around) : node.type === 'inlineCode' ? code(node) : [node]) {
      append(clean, each);
    }
  }
  return clean;
}

/** Code of one line, with the blanks at its ends outside, where every reader keeps them. */
function code({ value }: InlineCode): Phrase[] {
  const [, before = '', words = '', after = ''] = /^(\s*)([^]*?)(\s*)$/.exec(value.replace(/\s*\n\s*/g, ' ')) ?? [];
  return [
    { type: 'text', value: before },
    { type: 'inlineCode', value: words },
    { type: 'text', value: after },
  ];
}

/** Two marks of a kind beside each other are one, as editors split them, and so is code. */
function append(nodes: Phrase[], node: Phrase): void {
  const last = nodes.at(-1);
  if ((node.type === 'text' || node.type === 'inlineCode') && node.value === '') return;
  if (node.type === 'text' && last?.type === 'text')
    last.value += last.value.endsWith(' ') ? node.value.replace(/^ +/, '') : node.value;
  else if (node.type === 'inlineCode' && last?.type === 'inlineCode') last.value += node.value;
  else if (isMark(node) && last?.type === node.type) {
    for (const child of node.children.filter(isPhrase)) append(last.children as Phrase[], child);
  } else nodes.push(node);
}

function isMark(node: Phrase): node is Emphasis | Strong | Delete {
  return node.type === 'emphasis' || node.type === 'strong' || node.type === 'delete';
}

function mark(node: Mark, around: readonly string[]): Phrase[] {
  const inner = withoutBlankLines(phrases(node.children, [...around, node.type]));
  if (around.includes(node.type) || (!isShown(inner) && node.type !== 'link')) return inner;
  const { before, words, after } = parted(inner);
  if (words.length === 0) return inner;
  return [...before, { ...node, children: words }, ...after];
}

/** A mark cannot go on after a blank line, so that two breaks in it are one. */
function withoutBlankLines(nodes: readonly Phrase[]): Phrase[] {
  const kept: Phrase[] = [];
  for (const [at, node] of nodes.entries()) {
    if (node.type === 'break' && kept.at(-1)?.type === 'break') continue;
    if (node.type !== 'text') {
      kept.push(node);
      continue;
    }
    const start = kept.at(-1)?.type === 'break' ? node.value.trimStart() : node.value;
    const value = nodes[at + 1]?.type === 'break' ? start.trimEnd() : start;
    if (value !== '') kept.push({ type: 'text', value });
  }
  return kept;
}

/** The blanks and breaks at both ends, and what is between them. */
function parted(nodes: readonly Phrase[]): {
  readonly before: readonly Phrase[];
  readonly words: Phrase[];
  readonly after: readonly Phrase[];
} {
  const isEdge = (node: Phrase) => node.type === 'break' || (node.type === 'text' && node.value.trim() === '');
  const start = nodes.findIndex((node) => !isEdge(node));
  if (start === -1) return { before: nodes, words: [], after: [] };
  const end = nodes.findLastIndex((node) => !isEdge(node)) + 1;
  const before = nodes.slice(0, start);
  const words = nodes.slice(start, end);
  const after = nodes.slice(end);
  const first = words[0];
  const [blanksBefore = ''] = first?.type === 'text' ? (/^\s+/.exec(first.value) ?? []) : [];
  if (first?.type === 'text') first.value = first.value.slice(blanksBefore.length);
  const last = words.at(-1);
  const value = last?.type === 'text' ? last.value : '';
  const blanksAfter = value.slice(value.trimEnd().length);
  if (last?.type === 'text') last.value = value.trimEnd();
  if (blanksBefore !== '') before.push({ type: 'text', value: blanksBefore });
  if (blanksAfter !== '') after.unshift({ type: 'text', value: blanksAfter });
  return { before, words, after };
}
