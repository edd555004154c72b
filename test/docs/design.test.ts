import { describe, expect, it } from 'vitest';
import { createProgram } from '../../clients/program.js';
import { createTerminal } from '../../clients/terminal.js';
import { TARGETS } from '../../connectors/targets.js';
import { PHASES, REASONS } from '../../domain/phases.js';
import { SEARCH_ATTRIBUTES } from '../../domain/searchAttributes.js';
import { MIGRATIONS } from '../../ledger/migrations/index.js';
import { readDesign } from './citations.js';
import { read, ROOT } from './repository.js';

const PLANNED = '_(planned)_';

const design = readDesign(read('docs/design.md'));
const section = (number: number): string => design.get(number)?.body ?? '';
/** The rest of the paragraph that begins with `start`. */
const paragraph = (body: string, start: string): string => body.slice(body.indexOf(start)).split('\n')[0] ?? '';
/** The rows of the table whose head begins with `head`. */
const rows = (body: string, head: string): readonly string[] =>
  (new RegExp(`^\\| ${head} +\\|.*\\n\\| -.*((?:\\n\\|.*)+)`, 'm').exec(body)?.[1] ?? '').trim().split('\n');
const words = (text: string): readonly string[] => [...text.matchAll(/`([a-z][a-z-]*)`/g)].map(([, word = '']) => word);

describe('docs/design: the contract and the code', () => {
  it('has ten sections and the invariants I1 to I9', () => {
    expect([...design.keys()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect([...section(10).matchAll(/^- (I\d)\. /gm)].map(([, name]) => name)).toEqual(
      Array.from({ length: 9 }, (_, at) => `I${at + 1}`),
    );
  });

  it('explains its mark before it uses it', () => {
    expect(read('docs/design.md').split(/^## 1 /m)[0]).toContain(PLANNED);
  });

  it('names the phases and the reasons, in their order', () => {
    const [phases = ''] = paragraph(section(2), 'Phases,').split(' Final:');
    const [reasons = ''] = paragraph(section(2), 'Reason codes of').split('. `duplicate` is');
    expect(words(phases)).toEqual(PHASES);
    expect(words(reasons.slice(reasons.indexOf(':')))).toEqual(REASONS);
  });

  it('names every command that exists; the others, and what is missing of these, are marked', () => {
    const program = createProgram(createTerminal(process, {}, ROOT));
    const known = program.commands.map((command) => command.name());
    const cells = rows(section(7), 'command').map((row) => {
      const [first = ''] = row.split(/(?<!\\) \|/);
      const names = [...first.matchAll(/`([a-z]+)[^`]*`/g)].map(([, name = '']) => name);
      return { names, isMarked: row.includes(PLANNED) };
    });
    const named = cells.flatMap(({ names }) => names);
    const marked = cells.filter(({ isMarked }) => isMarked).flatMap(({ names }) => names);
    expect(known.filter((name) => !named.includes(name))).toEqual([]);
    expect(named.filter((name) => !known.includes(name) && !marked.includes(name))).toEqual([]);
    expect(named.filter((name) => !known.includes(name))).toEqual(['link', 'audit', 'detach', 'rebuild']);
    // `resync --all`, and `pause` and `resume` of a pipeline; their row names the other verbs, too.
    const inPart = ['resync', 'pause', 'resume', 'release', 'relink', 'recreate'];
    expect(marked.filter((name) => known.includes(name))).toEqual(inPart);
  });

  it('names the types of dev tools: those that exist, and as planned the others', () => {
    const types = rows(section(7), 'type').map((row) => row.split('|')[1]?.trim() ?? '');
    expect(types.filter((type) => !type.includes(PLANNED)).sort()).toEqual(Object.keys(TARGETS).sort());
  });

  it('names every table of the ledger', () => {
    const made = MIGRATIONS.flatMap(({ up }) => [...up.matchAll(/create table (\w+)/g)].map(([, name = '']) => name));
    const text = paragraph(section(7), '`item_link`: primary key') + paragraph(section(7), 'Internal: `item_detail`');
    for (const table of made) expect(text, table).toContain(`\`${table}\``);
  });

  it('names every search attribute', () => {
    for (const { name } of Object.values(SEARCH_ATTRIBUTES)) expect(section(7)).toContain(`\`${name}\``);
  });

  it('has a row for each room that is built, and no other room', () => {
    const { include } = JSON.parse(read('tsconfig.build.json')) as { readonly include: readonly string[] };
    const named = rows(section(8), 'folder').map((row) => /^\| `(\w+)\/`/.exec(row)?.[1] ?? '');
    expect(named.filter((room) => room !== 'test').sort()).toEqual([...include].sort());
  });
});
