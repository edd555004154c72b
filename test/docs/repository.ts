/** The files of this repository as the tests of its texts see them: what people wrote, without what tools made. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.craftsync', 'coverage', 'test-results', 'histories']);
const TEXTS = new Set([
  '.ts',
  '.js',
  '.cjs',
  '.mjs',
  '.md',
  '.yaml',
  '.yml',
  '.sh',
  '.rb',
  '.json',
  '.html',
  '.css',
  '',
]);
const CODE = new Set(['.ts', '.js', '.cjs', '.mjs']);

export const isCode = (path: string): boolean => CODE.has(extname(path));
export const isPage = (path: string): boolean => path.endsWith('.md');

export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Paths from the root, with `/`; folders are left out. */
export function allFiles(folder = ''): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (NOT_OURS.has(entry.name)) return [];
    return entry.isDirectory() ? allFiles(path) : [path];
  });
}

export function textFiles(): readonly string[] {
  return allFiles().filter((path) => TEXTS.has(extname(path)) && path !== 'package-lock.json');
}

export function exists(path: string): boolean {
  return statSync(join(ROOT, path), { throwIfNoEntry: false }) !== undefined;
}

/** The folders at the top: what a path from the root begins with. */
export function topFolders(): readonly string[] {
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !NOT_OURS.has(entry.name))
    .map(({ name }) => name);
}

/** A piece of prose: a comment, or a page. */
export interface Prose {
  readonly text: string;
  /** The line of the file, from 1, at which it begins. */
  readonly line: number;
  /** It is the comment at the top of a file of code. */
  readonly isHead: boolean;
}

const known = new Map<string, readonly Prose[]>();

/** What a file says in words: the comments of code, scripts and configurations; the whole of a page. */
export function proseOf(path: string, text: string): readonly Prose[] {
  const key = `${path}\n${text}`;
  const prose = known.get(key) ?? readProse(path, text);
  known.set(key, prose);
  return prose;
}

function readProse(path: string, text: string): readonly Prose[] {
  if (isCode(path)) return commentsOf(path, text);
  return isPage(path) ? [{ text, line: 1, isHead: false }] : hashComments(text);
}

function hashComments(text: string): readonly Prose[] {
  return text.split('\n').flatMap((line, at) => {
    const [, comment] = /(?:^|\s)#(.*)$/.exec(line) ?? [];
    return comment === undefined ? [] : [{ text: comment, line: at + 1, isHead: false }];
  });
}

const LITERALS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.TemplateHead,
  ts.SyntaxKind.TemplateMiddle,
  ts.SyntaxKind.TemplateTail,
  ts.SyntaxKind.RegularExpressionLiteral,
]);

/** Everything that begins like a comment and is in no literal. */
function commentsOf(path: string, text: string): readonly Prose[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const literals: { readonly pos: number; readonly end: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (LITERALS.has(node.kind)) literals.push({ pos: node.getStart(file), end: node.end });
    ts.forEachChild(node, visit);
  };
  visit(file);
  const ranges: Range[] = [];
  let next = 0;
  for (const { 0: found, index } of text.matchAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g)) {
    while ((literals[next]?.end ?? Infinity) <= index) next += 1;
    const isLiteral = (literals[next]?.pos ?? Infinity) <= index;
    if (!isLiteral) ranges.push({ pos: index, end: index + found.length });
  }
  return blocksOf(text, ranges, file.statements[0]?.getStart(file) ?? text.length);
}

interface Range {
  readonly pos: number;
  readonly end: number;
}

/** Line comments that follow each other are one piece of prose. */
function blocksOf(text: string, ranges: readonly Range[], first: number): readonly Prose[] {
  const blocks: { pos: number; end: number }[] = [];
  for (const { pos, end } of ranges) {
    const last = blocks.at(-1);
    const isNextLine = last !== undefined && /^[^\S\n]*\n?[^\S\n]*$/.test(text.slice(last.end, pos));
    if (isNextLine && text.startsWith('//', pos) && text.startsWith('//', last.pos)) last.end = end;
    else blocks.push({ pos, end });
  }
  return blocks.map(({ pos, end }) => ({
    text: text.slice(pos, end),
    line: text.slice(0, pos).split('\n').length,
    isHead: pos === blocks[0]?.pos && pos <= first,
  }));
}

/** One text without the marks at the beginnings of a comment's lines, with the line that each character came from. */
export interface Joined {
  readonly text: string;
  lineAt(index: number): number;
}

export function joined({ text, line }: Prose): Joined {
  const starts: number[] = [];
  let whole = '';
  for (const one of text.split('\n')) {
    starts.push(whole.length);
    whole += `${one.replace(/^\s*(?:\/\*\*?|\*\/?|\/\/|#)?\s*/, '').replace(/\s*\*\/\s*$/, '')} `;
  }
  const lineAt = (index: number): number => line + starts.findLastIndex((start) => start <= index);
  return { text: whole, lineAt };
}
