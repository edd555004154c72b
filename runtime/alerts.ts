/** Alerts operators over `alerts.webhook` (design 7, Configuration): a JSON POST `{ text }`, as chat tools expect. */
import type { Logger } from 'pino';
import type { Alerts } from '../activities/ports.js';
import { createHttpClient } from '../connectors/http/client.js';
import type { CallBudget } from '../connectors/port/calls.js';
import { ToolError } from '../domain/errors.js';
import type { Redactor } from '../domain/redaction/redactor.js';
import { withoutUnseen } from '../domain/rules/unseen.js';
import { chatText } from './chatText.js';

const ALERT_TIMEOUT_MS = 10_000;

/** Alerts are few. */
const NO_LIMIT: CallBudget = {
  ask: () => Promise.resolve(),
  turn: () => Promise.resolve(() => undefined),
  pushBack: () => undefined,
  noteOutcome: () => undefined,
  startGently: () => undefined,
};

/** The webhook's URL is itself a secret, so no message contains it. */
export function createAlerts(webhook: () => string | null, logger: Logger, redactor: Redactor): Alerts {
  return {
    async send(given) {
      // What nobody sees goes first: without it, the parts of a secret would be together again.
      const message = redactor.redact(withoutUnseen(given));
      logger.warn({ alert: message }, 'alert');
      const url = webhook();
      if (url === null) return;
      const client = createHttpClient({
        connection: 'alerts',
        baseUrl: url,
        authHeaders: () => ({}),
        redactor,
        timeoutMs: ALERT_TIMEOUT_MS,
        proxy: null,
        caFile: null,
        budget: NO_LIMIT,
      });
      try {
        await client.send({
          method: 'POST',
          // The whole URL: below a base URL it would get a slash, and for some chat tools that is another address.
          path: url,
          body: { text: chatText(message) },
          place: 'POST alerts.webhook',
          bodyOptional: true,
          write: true,
          call: { callClass: 'manual', authorise: () => Promise.resolve({ passed: () => false }) },
        });
      } catch (error) {
        if (!wasTaken(error)) logger.error('the alert could not be sent: check alerts.webhook');
      } finally {
        await client.close();
      }
    },
  };
}

/** Chat tools answer 200 with a word like "ok", so the body of a 2xx answer does not matter here. */
function wasTaken(error: unknown): boolean {
  const status = error instanceof ToolError ? error.details.status : undefined;
  return status !== undefined && status >= 200 && status <= 299;
}
