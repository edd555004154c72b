/** The listener's server over a fake ledger and Temporal, for tests of what it answers. */
import { pino } from 'pino';
import { createMetrics } from '../../../clients/listen/metrics.js';
import { createListenerServer, type ListenerServerOptions } from '../../../clients/listen/server.js';
import { createRedactor } from '../../../domain/redaction/redactor.js';
import type { ConnectionBudget } from '../../../domain/rules/budget.js';
import type { Listening } from '../../../runtime/listening.js';
import type { Received } from '../../../webhooks/receive.js';

export interface ListenerSetUp {
  readonly token?: string | null;
  readonly mostInHand?: number;
  readonly mostConnections?: number;
  readonly problems?: readonly string[];
  readonly budgets?: readonly ConnectionBudget[];
  readonly secrets?: readonly string[];
  readonly receive?: Listening['receive'];
  readonly within?: ListenerServerOptions['within'];
  readonly codec?: ListenerServerOptions['codec'];
}

/** `km` is listened to, `silent` has no secret, `red` no webhooks. `lines` are those of the log. */
export function listenerWith(setUp: ListenerSetUp = {}) {
  const lines: string[] = [];
  const stored: Received = { status: 'stored', delivery: { id: '1', devTool: 'km', devItemIds: [] } };
  const inbox: Listening['inbox'] = {
    waiting: () => Promise.resolve([]),
    lastReceived: () => Promise.resolve([{ devTool: 'km', at: '2026-11-24T14:02:00.000Z' }]),
  };
  const budgets = () => Promise.resolve(setUp.budgets ?? []);
  const metrics = createMetrics();
  metrics.watch({ inbox, budgets });
  const app = createListenerServer({
    listening: {
      admit: (devTool) => {
        if (devTool === 'km') return Promise.resolve(null);
        if (devTool === 'silent') return Promise.resolve({ status: 'not-listening', why: 'no webhookSecret' });
        return Promise.resolve({ status: 'unknown' });
      },
      receive: setUp.receive ?? (() => Promise.resolve(stored)),
      inbox,
      budgets,
      tools: () =>
        Promise.resolve([
          { name: 'km', type: 'kitemaker', hasWebhooks: true, hasSecret: true },
          { name: 'silent', type: 'kitemaker', hasWebhooks: true, hasSecret: false },
          { name: 'red', type: 'redmine', hasWebhooks: false, hasSecret: false },
        ]),
      problems: () => Promise.resolve(setUp.problems ?? []),
    },
    metrics,
    logger: pino({ base: null }, { write: (line: string) => void lines.push(line) }),
    redactor: createRedactor(setUp.secrets ?? []),
    token: setUp.token ?? null,
    ...(setUp.mostInHand !== undefined && { mostInHand: setUp.mostInHand }),
    ...(setUp.mostConnections !== undefined && { mostConnections: setUp.mostConnections }),
    ...(setUp.within !== undefined && { within: setUp.within }),
    ...(setUp.codec !== undefined && { codec: setUp.codec }),
  });
  return { app, lines };
}
