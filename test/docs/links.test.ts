import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PHASES } from '../../domain/phases.js';
import { allFiles, exists, isCode, isPage, joined, proseOf, read, textFiles, topFolders } from './repository.js';

const files = allFiles();
const pages = textFiles().filter(isPage);
const folders = topFolders();

/** Without code blocks, whose brackets are no links. */
const prose = (page: string): string => page.replace(/^```[\s\S]*?^```$/gm, (block) => block.replace(/[^\n]/g, ''));

/** As GitHub makes the anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (page: string): readonly string[] =>
  [...prose(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

/** Null where the link leads somewhere. */
function linkProblem(from: string, target: string): string | null {
  if (/^[a-z]+:/i.test(target)) return null;
  const [path = '', anchor] = target.split('#');
  const to = path === '' ? from : normalize(join(dirname(from), path));
  if (to.startsWith('..') || !exists(to)) return `${from}: ${target} does not exist`;
  if (anchor === undefined || !isPage(to) || anchorsOf(read(to)).includes(anchor)) return null;
  return `${from}: ${to} has no heading #${anchor}`;
}

/** A text in backticks that is meant as a path from the root: it begins with one of the folders there. */
const isRootPath = (text: string): boolean => folders.some((folder) => text.startsWith(`${folder}/`));

/** Placeholders and patterns name no single file. */
const isPattern = (text: string): boolean => /[<>*…[\]{}$\s]|NNNN/.test(text);

const pathsIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)]
    .map(([, path = '']) => path.replace(/[:#]\d+$/, ''))
    .filter((path) => isRootPath(path) && !isPattern(path));

/** A file that a comment names in backticks, with or without folders before it. */
const namedFiles = (comment: string): readonly string[] =>
  [...comment.matchAll(/`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|js|cjs|mjs|md|rb|sh))`/g)].map(([, path = '']) => path);

const isThere = (path: string): boolean => files.some((file) => file === path || file.endsWith(`/${path}`));

describe('docs/links: pages', () => {
  it('link to files and headings that exist', () => {
    const problems = pages.flatMap((page) => {
      const links = [...prose(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
      return links.map((target) => linkProblem(page, target)).filter((problem) => problem !== null);
    });
    expect(problems).toEqual([]);
  });

  it('name, in backticks, only paths that exist', () => {
    const missing = pages.flatMap((page) =>
      pathsIn(prose(read(page)))
        .filter((path) => !exists(path))
        .map((path) => `${page}: ${path}`),
    );
    expect(missing).toEqual([]);
  });

  it('are found from the README: the tour, the design, the sources, the runbook, the rights', () => {
    const both = ['README.md', 'CONTRIBUTING.md'].map(read);
    for (const page of both) expect(page).toContain('](docs/tour.md)');
    for (const page of ['design', 'sources', 'runbook', 'rights', 'add-a-dev-tool'])
      expect(both.join('\n'), page).toContain(`](docs/${page}.md)`);
  });

  it('have one table of rooms: CONTRIBUTING has that of docs/design.md, word for word', () => {
    const tableIn = (page: string) => /^\| folder +\|.*(?:\n\|.*)+/m.exec(read(page))?.[0];
    expect(tableIn('CONTRIBUTING.md')).toBe(tableIn('docs/design.md'));
  });

  it('draw every phase and every room in the tour', () => {
    const [phases = '', rooms = ''] = [...read('docs/tour.md').matchAll(/```mermaid\n([\s\S]*?)```/g)].map(
      ([, diagram = '']) => diagram,
    );
    for (const phase of PHASES) expect(phases, phase).toMatch(new RegExp(`(\\b|")${phase}(\\b|")`));
    const { include } = JSON.parse(read('tsconfig.build.json')) as { readonly include: readonly string[] };
    for (const room of include) expect(rooms, room).toMatch(new RegExp(`\\b${room}\\["`));
  });
});

describe('docs/links: comments', () => {
  it('name, in backticks, only files that exist', () => {
    const missing = textFiles()
      .filter((path) => isCode(path) && namedFiles(read(path)).length > 0)
      .flatMap((path) =>
        proseOf(path, read(path)).flatMap((comment) =>
          namedFiles(joined(comment).text)
            .filter((name) => !isThere(name))
            .map((name) => `${path}:${comment.line}: ${name}`),
        ),
      );
    expect(missing).toEqual([]);
  });
});

describe('docs/links: what is found', () => {
  it('a link to a file or a heading that does not exist', () => {
    expect(linkProblem('docs/tour.md', 'nowhere.md')).toBe('docs/tour.md: nowhere.md does not exist');
    expect(linkProblem('docs/tour.md', 'design.md#11-nothing')).toBe(
      'docs/tour.md: docs/design.md has no heading #11-nothing',
    );
    expect(linkProblem('docs/tour.md', 'design.md#8-rooms')).toBe(null);
    expect(linkProblem('docs/tour.md', '../README.md')).toBe(null);
    expect(linkProblem('docs/tour.md', 'https://example.com/nowhere.md')).toBe(null);
  });

  it('a path in backticks, unless it is a pattern or no path of this repository', () => {
    expect(pathsIn('`runtime/none.ts`, `docs/decisions/NNNN-title.md`, `connectors/<type>/`, `GET /projects`')).toEqual(
      ['runtime/none.ts'],
    );
  });

  it('a file that a comment names', () => {
    expect(namedFiles('see `none.ts` and `a/b.ts`, not `stack.json` or `x.y`')).toEqual(['none.ts', 'a/b.ts']);
    expect(isThere('createDevItem.ts')).toBe(true);
    expect(isThere('DevItem.ts')).toBe(false);
  });
});
