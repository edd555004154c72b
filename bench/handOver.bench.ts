/**
 * How fast ready items are handed over and what it costs, craftsync and the peer in turns in one run, each time on a
 * fresh deployment. About 10 minutes; `npm run bench -- bench/handOver.bench.ts`.
 */
import { describe, it } from 'vitest';
import { startDeployment } from '../test/harness/deployment/deployment.js';
import { costOfType } from './measure/histories.js';
import { cpuBetween, cpuNow, peakMemoryMb, type CpuMs } from './measure/processes.js';
import { completeItems, craftsync, peer, untilLocked, type Service } from './measure/services.js';
import { statementsIn } from './measure/statements.js';
import { numberFrom, numbersFrom, printTable, rounded, type Cell } from './measure/table.js';

const ITEMS = numberFrom('CRAFTSYNC_BENCH_ITEMS', 300);
const TURNS = numberFrom('CRAFTSYNC_BENCH_TURNS', 2);
const WORKERS = numbersFrom('CRAFTSYNC_BENCH_WORKERS', '1,2,4');
const LATENCIES_MS = numbersFrom('CRAFTSYNC_BENCH_LATENCY_MS', '0,20');

interface Setting {
  readonly workers: number;
  readonly latencyMs: number;
}

interface Run {
  readonly items: number;
  readonly ms: number;
  readonly cpu: CpuMs;
  readonly calls: number;
  readonly events: number;
  readonly actions: number;
  readonly statements: number;
  readonly peakMb: number;
}

async function handOver(service: Service, { workers, latencyMs }: Setting): Promise<Run> {
  const deployment = await startDeployment({
    items: ITEMS,
    configuration: { pipeline: { maxNewPerSweep: 100_000 } },
    behaviour: { craftCustomFields: 'replace' },
  });
  const { sandbox, temporal, env } = deployment;
  const databaseUrl = env['DATABASE_URL'] ?? '';
  if (latencyMs > 0) sandbox.faults.addRule({ fault: { kind: 'latency', ms: latencyMs } });
  const groups: number[] = [];
  try {
    const ids = completeItems(deployment);
    while (groups.length < workers) groups.push(await service.startWorker(deployment));
    const before = { statements: await statementsIn(databaseUrl), calls: sandbox.records.total(), cpu: cpuNow(groups) };
    const startedAt = performance.now();
    await service.startSweep(deployment);
    await untilLocked(deployment, ids);
    const ms = performance.now() - startedAt;
    const statements = await statementsIn(databaseUrl);
    await service.untilDone(deployment, ids.length);
    const cpu = cpuBetween(before.cpu, cpuNow(groups));
    const { events, actions } = await costOfType(temporal.client, service.itemWorkflow);
    return {
      items: ids.length,
      ms,
      cpu,
      calls: sandbox.records.total() - before.calls,
      events,
      actions,
      statements: statements - before.statements,
      peakMb: peakMemoryMb(groups),
    };
  } finally {
    for (const group of groups) killGroup(group);
    await deployment.close();
  }
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** Of several runs as one; the peak is the highest. */
function together(runs: readonly Run[]): Run {
  const sum = (pick: (run: Run) => number): number => runs.reduce((total, run) => total + pick(run), 0);
  return {
    items: sum(({ items }) => items),
    ms: sum(({ ms }) => ms),
    cpu: {
      workers: sum(({ cpu }) => cpu.workers),
      temporal: sum(({ cpu }) => cpu.temporal),
      postgres: sum(({ cpu }) => cpu.postgres),
      sandbox: sum(({ cpu }) => cpu.sandbox),
    },
    calls: sum(({ calls }) => calls),
    events: sum(({ events }) => events),
    actions: sum(({ actions }) => actions),
    statements: sum(({ statements }) => statements),
    peakMb: Math.max(...runs.map(({ peakMb }) => peakMb)),
  };
}

const HEAD = [
  'service, workers, latency',
  'items/s',
  'worker CPU ms',
  'Temporal CPU ms',
  'PostgreSQL CPU ms',
  'calls',
  'events',
  'actions',
  'statements',
  'peak MB of a worker',
];

function figuresOf({ items, ms, cpu, calls, events, actions, statements, peakMb }: Run): readonly number[] {
  const each = [cpu.workers, cpu.temporal, cpu.postgres, calls, events, actions, statements].map((all) => all / items);
  return [(items / ms) * 1_000, ...each, peakMb];
}

const DIGITS = [1, 1, 1, 1, 2, 1, 1, 1, 0];

function rowsOf({ workers, latencyMs }: Setting, runs: { readonly peer: Run; readonly craftsync: Run }): Cell[][] {
  const place = `${workers}, ${latencyMs} ms`;
  const figures = { peer: figuresOf(runs.peer), craftsync: figuresOf(runs.craftsync) };
  const shown = (values: readonly number[]): string[] => values.map((value, at) => rounded(value, DIGITS[at]));
  const allCpu = ({ cpu, items }: Run): number => (cpu.workers + cpu.temporal + cpu.postgres) / items;
  const ratios = figures.craftsync.map((value, at) => rounded(value / (figures.peer[at] ?? Number.NaN), 2));
  return [
    [`peer, ${place}`, ...shown(figures.peer)],
    [`craftsync, ${place}`, ...shown(figures.craftsync)],
    [`ratio (all CPU: ${rounded(allCpu(runs.craftsync) / allCpu(runs.peer), 2)})`, ...ratios],
  ];
}

describe('bench/handOver', () => {
  it('hands ready items over', async () => {
    const rows: Cell[][] = [];
    for (const workers of WORKERS) {
      for (const latencyMs of LATENCIES_MS) {
        const setting = { workers, latencyMs };
        const runs = { peer: [] as Run[], craftsync: [] as Run[] };
        for (let turn = 0; turn < TURNS; turn += 1) {
          for (const service of [peer, craftsync]) runs[service.name].push(await handOver(service, setting));
        }
        rows.push(...rowsOf(setting, { peer: together(runs.peer), craftsync: together(runs.craftsync) }));
      }
    }
    printTable(`Hand-over: ${ITEMS} items, ${TURNS} turns each; figures for one item`, HEAD, rows);
  });
});
