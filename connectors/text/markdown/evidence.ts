/**
 * What in a text shows that its author wrote Markdown. People's plain text has signs, too: `5*3*2`, `Nutzer*innen`,
 * `* .js`,
 * `handlers[i](event)`, a signature after `--`. Lists and quotations look the same in both, so they are no evidence.
 */
import type { Token } from 'markdown-it';

export function isMarkdown(tokens: readonly Token[]): boolean {
  return tokens.some((token) => isStructure(token) || isMarked(token.children ?? []));
}

function isStructure(token: Token): boolean {
  if (token.type === 'fence' || token.type === 'table_open') return true;
  return token.type === 'heading_open' && (token.markup.startsWith('#') || token.markup === '=');
}

function isMarked(tokens: readonly Token[]): boolean {
  return tokens.some((token, at) => {
    if (token.type === 'image') return true;
    if (token.type === 'link_open') return token.info !== 'auto' && isWrittenLink(token);
    if (token.type === 'code_inline') return token.content.trim() !== '' && isAtEdges(tokens, at, at);
    if (!/^(?:em|strong|s)_open$/.test(token.type)) return false;
    const end = closing(tokens, at);
    return isAtEdges(tokens, at, end) && !isIdentifier(tokens, at, end);
  });
}

/** `[text](address)`, not `handlers[i](event)`. A bare address or `<address>` can be in any text. */
function isWrittenLink(token: Token): boolean {
  return /[:/#?@.]/.test(String(token.attrGet('href')));
}

/** `__init__` */
function isIdentifier(tokens: readonly Token[], start: number, end: number): boolean {
  return tokens[start]?.markup === '__' && end === start + 2 && /^[a-z0-9_]+$/.test(contentOf(tokens[start + 1]));
}

const BEFORE = /(?:^|[\s\u2060([{"'“‘„«—–/>*_~-])$/u;
const AFTER = /^(?:$|\u2060|[.,;:!?)\]}"'”’»…*_~-]*(?:\s|$)|[—–/<-])/u;

function isAtEdges(tokens: readonly Token[], start: number, end: number): boolean {
  return BEFORE.test(contentOf(tokens[start - 1])) && AFTER.test(contentOf(tokens[end + 1]));
}

/**
 * Whether a pair of `*` is no mark although the rules take it for one: both signs are inside words, and stand between
 * digits or have a blank between them.
 */
export function isIdleMark(tokens: readonly Token[], start: number, end: number): boolean {
  const before = contentOf(tokens[start - 1]).at(-1) ?? '';
  const after = contentOf(tokens[end + 1]).charAt(0);
  if (!/[\p{L}\p{N}]/u.test(before) || !/[\p{L}\p{N}]/u.test(after)) return false;
  const inside = tokens
    .slice(start + 1, end)
    .map(contentOf)
    .join('');
  return /\s/.test(inside) || (/\p{N}/u.test(before) && /^\p{N}/u.test(inside));
}

function closing(tokens: readonly Token[], start: number): number {
  const level = tokens[start]?.level ?? 0;
  const end = tokens.findIndex((token, at) => at > start && token.nesting === -1 && token.level === level);
  return end === -1 ? tokens.length : end;
}

function contentOf(token: Token | undefined): string {
  if (token === undefined) return '';
  return token.type === 'softbreak' || token.type === 'hardbreak' ? '\n' : token.content;
}
