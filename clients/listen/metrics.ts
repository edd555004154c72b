/**
 * The listener's metrics for Prometheus. Labels hold only names of the configuration and words of ours, no caller's
 * text.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Listening } from '../../runtime/listening.js';
import type { Refusal } from '../../webhooks/refusals.js';
import { watchBudgets } from './budgetMetrics.js';

/** `silent`: it never sent a byte, as browsers' connections in advance. */
export type CutOff = 'slow' | 'silent' | 'malformed' | 'headers-too-large' | 'crowded';

export interface Metrics {
  readonly registry: Registry;
  took(devTool: string, verdict: 'accepted' | 'repeated'): void;
  refused(devTool: string, why: Refusal): void;
  /** A connection was closed before its request was complete. */
  cutOff(why: CutOff): void;
  /** A webhook has woken its items, so long after it was stored. */
  woke(devTool: string, seconds: number): void;
  /** Since the listener started: dev tool → word → count. */
  counts(): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>>;
  /** Adds what each scrape reads from the ledger: the inbox and the budgets. */
  watch(listening: Pick<Listening, 'inbox' | 'budgets'>): void;
}

const WAKE_BUCKETS_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const deliveries = new Counter({
    name: 'craftsync_webhook_deliveries_total',
    help: 'Webhooks received, by dev tool and verdict: accepted, repeated, refused.',
    labelNames: ['dev_tool', 'verdict'],
    registers,
  });
  const refusals = new Counter({
    name: 'craftsync_webhook_refused_total',
    help: 'Webhooks that were refused, by dev tool and reason.',
    labelNames: ['dev_tool', 'reason'],
    registers,
  });
  const wake = new Histogram({
    name: 'craftsync_webhook_hand_on_seconds',
    help: 'From storing a webhook until the workflows of its items were woken.',
    labelNames: ['dev_tool'],
    buckets: WAKE_BUCKETS_SECONDS,
    registers,
  });
  return {
    registry,
    took: (devTool, verdict) => deliveries.inc({ dev_tool: devTool, verdict }),
    refused: (devTool, reason) => {
      deliveries.inc({ dev_tool: devTool, verdict: 'refused' });
      refusals.inc({ dev_tool: devTool, reason });
    },
    cutOff: cutOffCounter(registry),
    woke: (devTool, seconds) => wake.observe({ dev_tool: devTool }, seconds),
    counts: async () => {
      const counts = new Map<string, Record<string, number>>();
      for (const { labels, value } of [...(await deliveries.get()).values, ...(await refusals.get()).values]) {
        const devTool = String(labels.dev_tool);
        const { verdict, reason } = labels as { verdict?: string; reason?: string };
        const word = verdict ?? reason ?? '';
        counts.set(devTool, { ...counts.get(devTool), [word]: value });
      }
      return counts;
    },
    watch: (listening) => watchLedger(registry, listening),
  };
}

function cutOffCounter(registry: Registry): Metrics['cutOff'] {
  const counter = new Counter({
    name: 'craftsync_listener_cut_off_total',
    help: 'Connections that were closed before a request was complete, by reason.',
    labelNames: ['reason'],
    registers: [registry],
  });
  return (reason) => counter.inc({ reason });
}

function watchLedger(registry: Registry, { inbox, budgets }: Pick<Listening, 'inbox' | 'budgets'>): void {
  watchInbox(registry, inbox);
  watchBudgets(registry, () => orNone(budgets()));
}

function watchInbox(registry: Registry, inbox: Listening['inbox']): void {
  const labelNames = ['dev_tool'] as const;
  const registers = [registry];
  const age = new Gauge({
    name: 'craftsync_inbox_oldest_seconds',
    help: 'How long the oldest stored webhook has waited to wake its items; 0 where none waits.',
    registers,
  });
  new Gauge({
    name: 'craftsync_inbox_waiting',
    help: 'Stored webhooks that have not woken their items yet.',
    labelNames,
    registers,
    async collect() {
      this.reset();
      const waiting = await orNone(inbox.waiting());
      for (const { devTool, count } of waiting) this.set({ dev_tool: devTool }, count);
      age.set(Math.max(0, ...waiting.map(({ oldestMs }) => oldestMs)) / 1_000);
    },
  });
  new Gauge({
    name: 'craftsync_webhook_last_delivery_timestamp_seconds',
    help: 'When the last verified webhook of a dev tool was received.',
    labelNames,
    registers,
    async collect() {
      for (const { devTool, at } of await orNone(inbox.lastReceived()))
        this.set({ dev_tool: devTool }, Date.parse(at) / 1_000);
    },
  });
}

/** If the ledger does not answer, the other metrics are still served; `/readyz` says what is wrong. */
async function orNone<T>(asked: Promise<readonly T[]>): Promise<readonly T[]> {
  return asked.catch(() => []);
}
