/** What the faults of a run act on: its workers, its proxy, its people, and the list of what was done. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfigurationChanges, TestDeployment } from '../../../harness/deployment/deployment.js';
import type { Program } from '../../../harness/servers/program.js';
import { seedReadyItems } from '../../../../sandbox/seeding/seedWorld.js';
import { seededRandom } from '../../../../sandbox/world/random.js';
import type { Act } from '../../../../sandbox/people/act.js';
import type { FaultKind } from '../plan/faults.js';
import type { Plan } from '../plan/plan.js';
import type { Deed, EndedProcess, SaidLine } from '../record/record.js';
import type { RecordingProxy } from '../wire/proxy.js';
import { craftIdIn } from '../wire/classify.js';
import type { Servers } from './servers.js';

export interface StageParts {
  readonly plan: Plan;
  readonly deployment: TestDeployment;
  readonly proxy: RecordingProxy;
  readonly servers: Servers;
  readonly configuration: ConfigurationChanges;
}

/** A worker, with what it says and whether the run ended it. */
export interface Hand {
  readonly name: string;
  readonly program: Program;
  isEnded: boolean;
  isFrozen: boolean;
}

/** `go`: to be called where the call that the fault waited for may go on before all is over. */
export type Performance = (stage: Stage, go: () => void) => Promise<void>;

type Sweep = 'readySweep' | 'progressSweep' | 'driftSweep';

/** From the start until developers rest. */
const MOVES_FOR_MS = 12_000;
const STATUSES = ['To do', 'In Progress', 'In Review', 'Done'] as const;
/** As the deployment's pipeline has it. */
const MAPPING = { 'To do': 'To do', 'In Progress': 'In development', Done: 'Done', Dropped: 'Dropped' };
const SWEEP_IDS: Readonly<Record<Sweep, string>> = {
  readySweep: 'ready-sweep:mobile',
  progressSweep: 'progress-sweep:km',
  driftSweep: 'drift-sweep:mobile',
};

export class Stage {
  readonly deeds: Deed[] = [];
  readonly struck = new Set<FaultKind>();
  readonly hands: Hand[] = [];
  readonly ended: EndedProcess[] = [];
  readonly wanted: string[] = [];
  readonly mappings: Readonly<Record<string, string>>[] = [];
  /** For the worker of this number, by the order of their starts. */
  readonly environments = new Map<number, Readonly<Record<string, string>>>();
  readonly others: { readonly name: string; readonly program: Program }[] = [];
  readonly secrets: string[] = [];
  startedMs = Date.now();
  liftedMs = Date.now();
  isOver = false;
  private configuration: ConfigurationChanges;
  private readonly undo: (() => Promise<void>)[] = [];

  constructor(private readonly parts: StageParts) {
    const { craft, tools } = parts.deployment.sandbox;
    this.secrets.push(craft.apiKey, tools.kitemaker.apiKey);
    this.configuration = parts.configuration;
    this.mappings.push(MAPPING);
  }

  get plan(): Plan {
    return this.parts.plan;
  }
  get deployment(): TestDeployment {
    return this.parts.deployment;
  }
  get proxy(): RecordingProxy {
    return this.parts.proxy;
  }
  get servers(): Servers {
    return this.parts.servers;
  }

  async begin(): Promise<void> {
    this.makeReady(this.plan.items);
    await Promise.all(Array.from({ length: this.plan.workers }, () => this.startWorker()));
    this.startedMs = Date.now();
  }

  /** On top of what is configured. */
  async configure({ km, pipeline }: Pick<ConfigurationChanges, 'km' | 'pipeline'>): Promise<void> {
    const before = this.configuration;
    this.configuration = {
      ...before,
      km: { ...before.km, ...km },
      pipeline: { ...before.pipeline, ...pipeline },
    };
    await this.deployment.configure(this.configuration);
  }

  makeReady(count: number): void {
    this.wanted.push(...seedReadyItems(this.deployment.sandbox.world, count));
  }

  async startWorker(): Promise<Hand> {
    const number = this.hands.length + 1;
    const env = this.environments.get(number) ?? {};
    const program = await this.deployment.startWorker(env);
    const hand: Hand = { name: `worker ${this.hands.length + 1}`, program, isEnded: false, isFrozen: false };
    this.hands.push(hand);
    void program.ended.then(({ words }) => {
      this.ended.push({ process: hand.name, how: words, wanted: hand.isEnded || this.isOver });
    });
    return hand;
  }

  /** The worker of this number among those that live; null: none does. */
  hand(number: number): Hand | null {
    const living = this.hands.filter(({ isEnded, isFrozen }) => !isEnded && !isFrozen);
    return living[number % Math.max(1, living.length)] ?? null;
  }

  note(deed: Omit<Deed, 'atMs' | 'untilMs'> & { readonly atMs?: number }): void {
    const now = Date.now();
    this.deeds.push({ ...deed, atMs: deed.atMs ?? now, untilMs: now });
    if (deed.kind !== null && deed.ok) this.struck.add(deed.kind);
  }

  /** What a person does in one of the systems; the status that a dev item has then is noted. */
  act(what: Act, kind: FaultKind | null): boolean {
    const outcome = this.deployment.sandbox.act(what);
    const words = `${what.action} ${'id' in what ? what.id : ''}${'status' in what ? ` to ${what.status}` : ''}`;
    const isDone = outcome.status === 'done';
    const of = isDone ? outcome.id : null;
    const isTool = what.as === 'developer';
    const card = isTool && of !== null ? this.deployment.sandbox.world.tools.kitemaker.side.card(of) : null;
    this.note({
      who: isTool ? 'developer' : 'product manager',
      what: isDone ? words : `${words}: ${outcome.message}`,
      kind,
      ...(isTool ? { devItemId: of } : { craftItemId: of }),
      ...(card !== null && { status: card.status }),
      ok: isDone,
    });
    return isDone;
  }

  /** The dev item that was made for an item, if there is one. */
  devItemOf(craftItemId: string): string | null {
    const { side } = this.deployment.sandbox.world.tools.kitemaker;
    return side.cards().find(({ description }) => craftIdIn(description) === craftItemId)?.id ?? null;
  }

  /** Developers move what was handed over, mostly forwards. */
  async developersMove(): Promise<void> {
    const random = seededRandom(this.plan.seed);
    const { side } = this.deployment.sandbox.world.tools.kitemaker;
    const endAt = performance.now() + MOVES_FOR_MS;
    while (performance.now() < endAt) {
      await sleep(this.plan.moveEveryMs);
      const cards = side.cards().filter(({ description }) => craftIdIn(description) !== null);
      const card = cards[Math.floor(random() * cards.length)];
      if (card === undefined) continue;
      const now = STATUSES.findIndex((status) => status === card.status);
      const step = random() < 0.25 ? -1 : 1;
      const status = STATUSES[Math.min(STATUSES.length - 1, Math.max(0, now + step))] ?? 'To do';
      if (status !== card.status) this.act({ as: 'developer', action: 'move', id: card.id, status }, null);
    }
  }

  /** As a schedule starts it; what cannot be started now is left to the next one. */
  async sweep(type: Sweep, nth: number | string): Promise<void> {
    const workflowId = `${SWEEP_IDS[type]}-${nth}`;
    const args = [type === 'progressSweep' ? { devTool: 'km' } : { pipeline: 'mobile' }];
    const { client } = this.deployment.temporal;
    const start = client.withDeadline(Date.now() + 2_000, () =>
      client.workflow.start(type, { taskQueue: 'craftsync', workflowId, args }),
    );
    await start.catch(() => undefined);
  }

  /** To be done when the run ends, whatever happened. */
  atTheEnd(work: () => Promise<void>): void {
    this.undo.push(work);
  }

  async end(): Promise<void> {
    for (const work of this.undo.splice(0)) await work().catch(() => undefined);
    for (const { program, isFrozen } of this.hands) if (isFrozen) program.thaw();
  }

  said(): SaidLine[] {
    const all = [...this.hands, ...this.others];
    return all.flatMap(({ name, program }) =>
      program.lines.map((line) => ({ process: name, line, atMs: timeIn(line) })),
    );
  }
}

export function startStage(parts: StageParts): Stage {
  return new Stage(parts);
}

function timeIn(line: string): number | null {
  try {
    const { time } = JSON.parse(line) as { readonly time?: number | string };
    if (time === undefined) return null;
    const ms = typeof time === 'number' ? time : Date.parse(time);
    return Number.isNaN(ms) ? null : ms;
  } catch {
    return null;
  }
}
