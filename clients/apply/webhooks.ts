/**
 * Registers webhooks in the dev tools that have an API for it. The address under which a tool reaches the listener
 * comes from the configuration (`webhookUrl`); where it is missing, a note says how to set it.
 */
import type { Configuration } from '../../config/configuration.js';
import type { WebhookRegistration } from '../../connectors/port/capabilities.js';
import type { Connectors } from '../../runtime/connectors.js';
import { withConnectors } from '../connectors.js';

type DevTools = Connectors['devTools'];

interface Report {
  /** What was changed. */
  readonly say: (line: string) => void;
  /** What a person has to do. */
  readonly note: (line: string) => void;
}

/** No lease: nobody else registers webhooks at the same time, and a repeated registration changes nothing. */
const REGISTERING: Parameters<WebhookRegistration['register']>[1] = {
  callClass: 'manual',
  authorise: () => Promise.resolve({ passed: () => false }),
};

export async function applyWebhooks(configuration: Configuration, report: Report): Promise<void> {
  await withConnectors(configuration, ({ devTools }) => registerWebhooks(configuration, devTools, report));
}

/** @throws the `ToolError` of the first tool that refuses, after the others have been registered. */
export async function registerWebhooks(
  { settings, secrets }: Pick<Configuration, 'settings' | 'secrets'>,
  devTools: DevTools,
  report: Report,
): Promise<void> {
  const failures: unknown[] = [];
  for (const { name, type, webhookUrl: url = null } of Object.values(settings.devTools)) {
    const secret = secrets.webhookSecret(name);
    const registration = devTools[name]?.webhooks?.registration ?? null;
    if (secret === null) continue;
    if (registration === null) {
      if (url !== null) report.note(byHand(name, type, url, devTools[name]?.webhooks !== undefined));
    } else if (url === null) {
      report.note(
        `devTools.${name}: no webhook is registered in ${type}: set webhookUrl to where it reaches the listener, ` +
          `for example https://sync.example.com/webhooks/${name}, and apply again`,
      );
    } else {
      try {
        for (const change of await registration.register({ url, secret }, REGISTERING)) {
          report.say(`webhooks: ${name}: ${change}`);
        }
      } catch (error) {
        failures.push(error);
      }
    }
  }
  if (failures.length > 0) throw failures[0];
}

function byHand(name: string, type: string, url: string, hasWebhooks: boolean): string {
  return hasWebhooks
    ? `devTools.${name}: ${type} has no API to register webhooks: enter ${url} in its settings by hand`
    : `devTools.${name}: ${type} has no webhooks, so webhookUrl has no effect`;
}
