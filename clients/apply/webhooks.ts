/**
 * `apply` registers webhooks in the tools that have an API for it. It needs the address under which the tool reaches the
 * listener, which only the configuration can tell (`webhookUrl`); without it one line says how.
 */
import type { Connectors } from '../../runtime/connectors.js';
import type { Configuration } from '../../config/configuration.js';
import { withConnectors } from '../connectors.js';

type DevTools = Connectors['devTools'];
type WebhookRegistration = NonNullable<NonNullable<DevTools[string]['webhooks']>['registration']>;

interface Told {
  /** What was changed. */
  readonly say: (line: string) => void;
  /** What somebody has to do. */
  readonly note: (line: string) => void;
}

/** Nobody else writes webhooks meanwhile, and a registration that is repeated changes nothing. */
const REGISTERING: Parameters<WebhookRegistration['register']>[1] = {
  callClass: 'manual',
  authorise: () => Promise.resolve({ passed: () => false }),
};

export async function applyWebhooks(configuration: Configuration, told: Told): Promise<void> {
  await withConnectors(configuration, ({ devTools }) => registerWebhooks(configuration, devTools, told));
}

/** Throws the `ToolError` of the tool that refuses; the others were registered then. */
export async function registerWebhooks(
  { settings, secrets }: Pick<Configuration, 'settings' | 'secrets'>,
  devTools: DevTools,
  told: Told,
): Promise<void> {
  const failures: unknown[] = [];
  for (const { name, type, webhookUrl: url = null } of Object.values(settings.devTools)) {
    const secret = secrets.webhookSecret(name);
    const registration = devTools[name]?.webhooks?.registration ?? null;
    if (secret === null) continue;
    if (registration === null) {
      if (url !== null) told.note(byHand(name, type, url, devTools[name]?.webhooks !== undefined));
    } else if (url === null) {
      told.note(
        `devTools.${name}: no webhook is registered in ${type}: set webhookUrl to where it reaches the listener, ` +
          `for example https://sync.example.com/webhooks/${name}, and apply again`,
      );
    } else {
      try {
        for (const change of await registration.register({ url, secret }, REGISTERING)) {
          told.say(`webhooks: ${name}: ${change}`);
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
    : `devTools.${name}: ${type} has no webhooks, so webhookUrl means nothing there`;
}
