/**
 * One run: its deployment, its plan carried out, its time to settle, its record, and the verdict. Rejects where the
 * plan could not be carried out: then nothing was shown.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startDeployment, type ConfigurationChanges } from '../../harness/deployment/deployment.js';
import { quick } from '../../harness/deployment/followed.js';
import { NOT_CARRIED_OUT, prepare, type Ready } from './actions/perform.js';
import type { Servers } from './actions/servers.js';
import { startStage, type Stage } from './actions/stage.js';
import { collect } from './record/collect.js';
import { judge, type Finding } from './judges/index.js';
import { FAULTS_FOR_MS, faultsOf, type Plan } from './plan/plan.js';
import type { RunRecord } from './record/record.js';
import { isSettled } from './record/settled.js';
import type { Sandbox } from '../../../sandbox/sandbox.js';
import { startRecordingProxy, type RecordingProxy } from './wire/proxy.js';

/** All in all, from the first worker's start. */
const RUN_FOR_MS = 82_000;
const LOOK_EVERY_MS = 400;
/** How often the sweeps come by, as schedules would start them. */
const SWEEPS_EVERY_MS = 2_500;
/** After everything is settled: what comes late comes in this time. */
const QUIET_MS = 1_500;

export interface RunResult {
  readonly record: RunRecord;
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

/** `main`: of another build. */
export async function run(plan: Plan, servers: Servers, main?: string): Promise<RunResult> {
  const startedMs = performance.now();
  let target = '';
  let configuration: ConfigurationChanges = {};
  const proxy = await startRecordingProxy(() => target);
  const deployment = await startDeployment({
    items: 0,
    seed: plan.seed,
    surroundings: {
      postgresUrl: servers.postgresUrl,
      temporalAddress: servers.temporalAddress,
      ...(main !== undefined && { main }),
    },
    configuration: (sandbox) => {
      target = sandbox.url;
      configuration = through(proxy, sandbox, plan);
      return configuration;
    },
  });
  const stage = startStage({ plan, deployment, proxy, servers, configuration });
  try {
    await conduct(stage);
    const record = await collect(stage);
    const findings = judge(record);
    const failed = stage.deeds.filter(({ what }) => what.startsWith(NOT_CARRIED_OUT));
    // Where something is wrong that is told; else the run has shown nothing.
    if (findings.length === 0 && failed.length > 0) throw new Error(failed.map(({ what }) => what).join('; '));
    return { record, findings, seconds: (performance.now() - startedMs) / 1_000 };
  } finally {
    stage.isOver = true;
    await stage.end();
    await deployment.close();
    await proxy.close();
  }
}

/** Every address leads through the proxy. */
function through(proxy: RecordingProxy, { url, craft, tools }: Sandbox, { perMinute }: Plan): ConfigurationChanges {
  const { baseUrl, graphqlUrl } = tools.kitemaker;
  const tool = proxy.url('tool', 'worker');
  return quick({
    craft: { baseUrl: craft.guideUrl.replace(url, proxy.url('craft', 'worker')) },
    km: {
      baseUrl: baseUrl.replace(url, tool),
      graphqlUrl: graphqlUrl.replace(url, tool),
      ...(perMinute !== null && { rateLimit: { perMinute } }),
    },
  });
}

async function conduct(stage: Stage): Promise<void> {
  const { plan } = stage;
  const prepared: Ready[] = [];
  for (const injection of plan.injections) prepared.push(await prepare(stage, injection));
  await stage.begin();
  const giveUpAt = performance.now() + RUN_FOR_MS;
  const sweeping = sweepAgainAndAgain(stage);
  const moving = stage.developersMove();
  const acting = Promise.all(prepared.map((act) => act())).then(() => true);
  await sleep(FAULTS_FOR_MS);
  stage.liftedMs = Date.now();
  await stage.proxy.lift();
  stage.deployment.sandbox.faults.clear();
  const isOver = await Promise.race([acting, sleep(giveUpAt - performance.now(), false)]);
  if (!isOver) throw new Error(`a fault of the plan is not over after ${RUN_FOR_MS} ms: ${faultsOf(plan)}`);
  await moving;
  while (performance.now() < giveUpAt && !(await isSettled(stage))) await sleep(LOOK_EVERY_MS);
  await sleep(QUIET_MS);
  stage.isOver = true;
  await sweeping;
}

async function sweepAgainAndAgain(stage: Stage): Promise<void> {
  for (let nth = 1; !stage.isOver; nth += 1) {
    await Promise.all([
      stage.sweep('readySweep', nth),
      stage.sweep('progressSweep', nth),
      ...(nth % 3 === 0 ? [stage.sweep('driftSweep', nth)] : []),
    ]);
    for (let waited = 0; waited < SWEEPS_EVERY_MS && !stage.isOver; waited += 100) await sleep(100);
  }
}
