/** What the listener counts, in Prometheus's text; labels are names of the configuration and words of ours alone. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Listening } from '../../runtime/listening.js';
import type { Refusal } from '../../webhooks/route.js';

export interface Metrics {
  readonly registry: Registry;
  took(devTool: string, verdict: 'accepted' | 'repeated'): void;
  refused(devTool: string, why: Refusal): void;
  handedOn(devTool: string, seconds: number): void;
  /** Since the listener began: dev tool → word → count. */
  counts(): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>>;
  /** What stands in the ledger is asked for with each scrape. */
  watch(inbox: Listening['inbox']): void;
}

const HAND_ON_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const deliveries = new Counter({
    name: 'craftsync_webhook_deliveries_total',
    help: 'Webhooks that came, by dev tool and verdict: accepted, repeated, refused.',
    labelNames: ['dev_tool', 'verdict'],
    registers,
  });
  const refusals = new Counter({
    name: 'craftsync_webhook_refused_total',
    help: 'Webhooks that were refused, by dev tool and reason.',
    labelNames: ['dev_tool', 'reason'],
    registers,
  });
  const handOn = new Histogram({
    name: 'craftsync_webhook_hand_on_seconds',
    help: 'From storing a webhook until it was handed on to the runs of its items.',
    labelNames: ['dev_tool'],
    buckets: HAND_ON_BUCKETS,
    registers,
  });
  return {
    registry,
    took: (devTool, verdict) => deliveries.inc({ dev_tool: devTool, verdict }),
    refused: (devTool, reason) => {
      deliveries.inc({ dev_tool: devTool, verdict: 'refused' });
      refusals.inc({ dev_tool: devTool, reason });
    },
    handedOn: (devTool, seconds) => handOn.observe({ dev_tool: devTool }, seconds),
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
    watch: (inbox) => watchInbox(registry, inbox),
  };
}

function watchInbox(registry: Registry, inbox: Listening['inbox']): void {
  const labelNames = ['dev_tool'] as const;
  const registers = [registry];
  const age = new Gauge({
    name: 'craftsync_inbox_oldest_seconds',
    help: 'How long the oldest webhook waits that is not handed on; 0 where none waits.',
    registers,
  });
  new Gauge({
    name: 'craftsync_inbox_waiting',
    help: 'Webhooks that are stored and not handed on.',
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
    help: 'When the last verified webhook of a dev tool came.',
    labelNames,
    registers,
    async collect() {
      for (const { devTool, at } of await orNone(inbox.lastReceived()))
        this.set({ dev_tool: devTool }, Date.parse(at) / 1_000);
    },
  });
}

/** While the ledger does not answer, the other metrics are needed all the more; `/readyz` says what is wrong. */
async function orNone<T>(asked: Promise<readonly T[]>): Promise<readonly T[]> {
  return asked.catch(() => []);
}
