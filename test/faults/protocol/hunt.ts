/** Looks for each deliberate defect with drawn plans: which check catches it, and after how many runs. */
import { writeFile } from 'node:fs/promises';
import { makeCopy, withDefect, type Copy } from './copy.js';
import { DEFECTS, type Defect } from './defects.js';
import type { Check } from './judges/checks.js';
import type { Plan } from './plan/events.js';
import { runShard } from './shards.js';

/** A plan that fails with a defect: it is run again by the tests (protocol.test.ts). */
export interface Caught {
  readonly check: Check;
  readonly plan: Plan;
}

export interface HuntOptions {
  /** The repository's. */
  readonly root: string;
  readonly postgresUrl: string;
  readonly seed: number;
  /** At most, for each defect. */
  readonly runs: number;
  /** How many defects at a time. */
  readonly atOnce: number;
  /** Only defects whose names hold this. */
  readonly only: string;
  /** Where the plans that caught them are kept. */
  readonly writeTo: string | null;
  readonly known: Readonly<Record<string, Caught>>;
}

/** How many defects were caught, and how many were not. */
export async function hunt(options: HuntOptions): Promise<{ readonly caught: number; readonly missed: number }> {
  const queue = DEFECTS.filter(({ name }) => name.includes(options.only));
  const all: Record<string, Caught> = { ...options.known };
  let missed = 0;
  let caught = 0;
  const work = async (): Promise<void> => {
    for (let defect = queue.shift(); defect !== undefined; defect = queue.shift()) {
      const found = await huntOne(options, base, defect);
      if (found === null) missed += 1;
      else {
        caught += 1;
        all[defect.name] = found.caught;
      }
      console.log(`| ${defect.name} | ${found?.caught.check ?? 'NOT CAUGHT'} | ${found?.runs ?? options.runs} |`);
      if (options.writeTo !== null) await writeFile(options.writeTo, `${JSON.stringify(all, null, 2)}\n`);
    }
  };
  const base = await makeCopy(options.root);
  console.log('| defect | caught by | after runs |\n| --- | --- | --- |');
  try {
    await Promise.all(Array.from({ length: options.atOnce }, work));
  } finally {
    await base.remove();
  }
  return { caught, missed };
}

/** `runs`: until then, that one included. */
async function huntOne(
  { root, postgresUrl, seed, runs }: HuntOptions,
  base: Copy,
  defect: Defect,
): Promise<{ readonly caught: Caught; readonly runs: number } | null> {
  const copy = await withDefect(base, root, defect.patches);
  try {
    const script = copy.scriptOf('test/faults/protocol/shard.ts');
    const { failure, passed } = await runShard(script, postgresUrl, {
      seed,
      runs,
      endOnFailure: true,
      ...(defect.subject !== undefined && { subject: defect.subject }),
    });
    const check = failure?.wrongs.map((wrong) => wrong.check).find((one) => defect.caughtBy.includes(one));
    if (failure === null || check === undefined) return null;
    return { caught: { check, plan: failure.plan }, runs: passed + 1 };
  } finally {
    await copy.remove();
  }
}
