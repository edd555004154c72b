/**
 * Deliberately broken builds: each takes one guard away in a copy of `dist/`, with a plan that needs this guard. The
 * checks of `caughtBy` must find it. It fails loudly where the code has changed and the words to be
 * replaced are gone.
 */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { built } from '../../harness/servers/built.js';
import type { Injection } from './plan/faults.js';
import type { Plan } from './plan/plan.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface Defect {
  /** What the broken build does. */
  readonly name: string;
  /** In `dist/`. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
  readonly plan: Plan;
  readonly caughtBy: readonly string[];
}

function planWith(seed: number, injections: readonly Injection[], changes: Partial<Plan> = {}): Plan {
  return { seed, items: 5, workers: 1, perMinute: null, moveEveryMs: 800, injections, ...changes };
}

const LOST_CREATES: Injection = { when: { atMs: 0 }, fault: { kind: 'reset-after', calls: 'create', next: 3 } };

export const DEFECTS: readonly Defect[] = [
  {
    name: 'the HTTP client tries a lost request once more',
    file: 'connectors/http/client.js',
    find: 'const result = await exchange(dispatcher, {',
    put: 'const twice = async (one, what) => { const first = await exchange(one, what); return first.outcome === "lost" ? exchange(one, what) : first; };\n    const result = await twice(dispatcher, {',
    plan: planWith(1, [LOST_CREATES]),
    caughtBy: ['I1 created twice', 'I1 repeated unasked'],
  },
  {
    name: 'a lost create is not looked for by its marker',
    file: 'activities/writes/adoptDevItem.js',
    find: 'const known = await readKnown(ctx);',
    put: 'return absent(ctx, []);\n    const known = await readKnown(ctx);',
    plan: planWith(2, [LOST_CREATES]),
    caughtBy: ['I1 created twice'],
  },
  {
    name: 'a lost create is looked for before it can be seen',
    file: 'activities/writes/adoptDevItem.js',
    find: 'if (early > 0)',
    put: 'if (false)',
    plan: planWith(3, [{ when: { atMs: 0 }, fault: { kind: 'late', calls: 'create', next: 3, afterMs: 1_900 } }]),
    caughtBy: ['I1 created twice'],
  },
  {
    name: 'a create is not noted before it is sent',
    file: 'activities/handOver/createDevItem.js',
    find: 'if (!(await leases.noteSent(ctx.item, lease.token, create)))',
    put: 'if (false)',
    plan: planWith(4, [
      {
        when: { call: 'create', nth: 2, moment: 'answered' },
        fault: { kind: 'kill', worker: 0, backAfterMs: 0 },
      },
    ]),
    caughtBy: ['I1 created twice'],
  },
  {
    name: 'a PUT with other values does not wait for one that may still come',
    file: 'activities/writes/craftWrite.js',
    find: 'if (openMs > 0 && !repeats(write, unanswered))',
    put: 'if (false)',
    plan: planWith(6, [{ when: { atMs: 4_500 }, fault: { kind: 'late', calls: 'put', next: 4, afterMs: 6_000 } }], {
      moveEveryMs: 400,
      items: 4,
    }),
    caughtBy: ['I4 shows wrong'],
  },
  {
    name: 'each process has a budget of its own',
    file: 'runtime/budget/shared.js',
    find: 'this.#connection = connection;',
    put: 'this.#connection = `${connection}-${process.pid}`;',
    plan: planWith(7, [], { workers: 2, items: 8, perMinute: 12, moveEveryMs: 400 }),
    caughtBy: ['I5 over the limit'],
  },
  {
    name: 'the cursor moves before the items are woken',
    file: 'activities/sweeps/progressSweep.js',
    find: 'const told = await wakeChangedItems(deps, ref.devTool, fresh);',
    put: `if (feed.complete) {
            const to = later(cursor.value, feed.newest);
            await deps.ledger.feeds.advance(ref.devTool, ref.scope, { fromVersion: cursor.version, to, woken: [], pending: [],
                keepPairsSince: remembersSince(to, readAfterWriteMs), settledTo: settledBy(cursor, feed, readAfterWriteMs) });
            await new Promise((resolve) => setTimeout(resolve, 3_000));
        }
        const told = await wakeChangedItems(deps, ref.devTool, fresh);`,
    plan: planWith(
      8,
      [
        { when: { atMs: 7_500 }, fault: { kind: 'freeze', worker: 0, forMs: 5_000 } },
        { when: { atMs: 14_000 }, fault: { kind: 'kill', worker: 0, backAfterMs: 0 } },
      ],
      { moveEveryMs: 400, items: 12 },
    ),
    caughtBy: ['I4 shows wrong'],
  },
  {
    name: 'waking a run ends it and starts another one',
    file: 'runtime/itemSyncs.js',
    find: '                ...options,\n                signal: devItemChangedSignal,',
    put: "                ...options,\n                workflowIdConflictPolicy: 'TERMINATE_EXISTING',\n                signal: devItemChangedSignal,",
    plan: planWith(9, []),
    caughtBy: ['Temporal: a run ended wrongly'],
  },
];

export interface BrokenBuild {
  /** Its compiled command. */
  readonly main: string;
  remove(): Promise<void>;
}

/** A copy of the build in which `find` stands once and is replaced. */
export async function breakBuild({ file, find, put, name }: Defect): Promise<BrokenBuild> {
  const dist = join(await built('workflow-bundle.js'), '..');
  const folder = await mkdtemp(join(tmpdir(), 'craftsync-defect-'));
  await cp(dist, join(folder, 'dist'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const path = join(folder, 'dist', file);
  const text = await readFile(path, 'utf8');
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`“${name}”: what is to be replaced stands ${places} times in ${file}, not once`);
  await writeFile(
    path,
    text.replace(find, () => put),
  );
  return { main: join(folder, 'dist', 'clients', 'main.js'), remove: () => rm(folder, { recursive: true }) };
}
