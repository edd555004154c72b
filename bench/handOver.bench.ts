/**
 * How fast ready items are handed over, as a ratio to a plain script that makes the same HTTP calls at the same
 * concurrency in the same run (`floor.mjs`), and where the CPU time goes.
 */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, it } from 'vitest';
import { startDeployment, eventually } from '../test/harness/deployment/deployment.js';
import { handOverFacts, readyCount } from '../test/harness/deployment/handOverCheck.js';

const ITEMS = Number(process.env['CRAFTSYNC_BENCH_ITEMS'] ?? 1_000);
/** The same as the worker's `maxConcurrentActivityTaskExecutions`. */
const CONCURRENCY = 60;
const FLOOR = fileURLToPath(new URL('./floor.mjs', import.meta.url));
const TICKS_PER_SECOND = 100;

async function floor(): Promise<{ items: number; ms: number }> {
  const deployment = await startDeployment({ items: ITEMS });
  try {
    const {
      craft,
      tools: { kitemaker },
    } = deployment.sandbox;
    const options = {
      guideUrl: craft.guideUrl,
      craftKey: craft.apiKey,
      workspaceId: craft.workspaceId,
      restUrl: kitemaker.baseUrl,
      kitemakerKey: kitemaker.apiKey,
      statusId: kitemaker.spaces[0]?.statuses[1]?.id,
      concurrency: CONCURRENCY,
    };
    const { stdout } = await promisify(execFile)(process.execPath, [FLOOR, JSON.stringify(options)]);
    return JSON.parse(stdout) as { items: number; ms: number };
  } finally {
    await deployment.close();
  }
}

async function craftsync(): Promise<{ items: number; ms: number; cpu: Record<string, number> }> {
  const deployment = await startDeployment({ items: ITEMS, configuration: { pipeline: { maxNewPerSweep: 100_000 } } });
  try {
    const ready = readyCount(deployment);
    const worker = await deployment.startWorker();
    const before = cpuSeconds(worker.pid);
    const startedAt = performance.now();
    await deployment.temporal.client.workflow.start('readySweep', {
      taskQueue: 'craftsync',
      workflowId: 'ready-sweep:mobile:now',
      args: [{ pipeline: 'mobile' }],
    });
    const facts = await eventually(
      async () => {
        const seen = await handOverFacts(deployment);
        const settled = seen.links.filter((link) => link.phase === 'following' || link.phase === 'blocked');
        return settled.length === ready ? seen : null;
      },
      'all are handed over',
      1_500_000,
    );
    const ms = performance.now() - startedAt;
    if (facts.broken.length > 0) throw new Error(facts.broken.join('\n'));
    const after = cpuSeconds(worker.pid);
    const cpu = Object.fromEntries(Object.entries(after).map(([name, spent]) => [name, spent - (before[name] ?? 0)]));
    return { items: facts.devItems, ms, cpu };
  } finally {
    await deployment.close();
  }
}

/** User and system seconds so far: Temporal's server, Postgres, the worker, and this process with the sandbox in it. */
function cpuSeconds(workerPid: number): Record<string, number> {
  const spent: Record<string, number> = { temporal: 0, postgres: 0, worker: 0, sandbox: 0 };
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = readStat(pid);
    if (stat === null) continue;
    const [comm, ticks, group] = stat;
    const name = group === workerPid ? 'worker' : Number(pid) === process.pid ? 'sandbox' : comm;
    if (name in spent) spent[name] = (spent[name] ?? 0) + ticks / TICKS_PER_SECOND;
  }
  return spent;
}

/** Name, ticks and process group: the worker is the leader's child. */
function readStat(pid: string): [string, number, number] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return [/\((.*)\)/.exec(text)?.[1] ?? '', Number(fields[11]) + Number(fields[12]), Number(fields[2])];
  } catch {
    return null;
  }
}

describe('bench/handOver', () => {
  it('hands ready items over', async () => {
    const plain = await floor();
    const measured = await craftsync();
    const rate = (run: { items: number; ms: number }): string => ((run.items / run.ms) * 1_000).toFixed(1);
    const ratio = measured.ms / measured.items / (plain.ms / plain.items);
    const cpu = Object.entries(measured.cpu).map(([name, seconds]) => `${name} ${seconds.toFixed(1)} s`);
    process.stdout.write(
      [
        `floor:     ${plain.items} items in ${(plain.ms / 1_000).toFixed(1)} s, ${rate(plain)} items/s`,
        `craftsync: ${measured.items} items in ${(measured.ms / 1_000).toFixed(1)} s, ${rate(measured)} items/s`,
        `ratio of the time for one item, craftsync to floor: ${ratio.toFixed(1)}`,
        `CPU time: ${cpu.join(', ')}`,
        '',
      ].join('\n'),
    );
  });
});
