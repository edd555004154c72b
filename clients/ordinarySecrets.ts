/** Warns of passwords and keys that are ordinary words. */
import { isOwnWord } from '../domain/redaction/ownWords.js';
import type { Configuration } from '../config/configuration.js';
import type { Deployment } from '../config/deployment.js';
import { databaseSecrets, secretUrlParts, urlSecrets } from '../config/secretValues.js';

const ORDINARY =
  'this password or key is an ordinary word, which is hidden only where a password is expected: use a long random one';

/** Secrets that cannot be taken out of messages wherever they stand (decision 28): `place: what to do`. */
export function ordinarySecrets(
  env: NodeJS.ProcessEnv,
  deployment: Deployment,
  { settings, secrets }: Pick<Configuration, 'settings' | 'secrets'>,
): readonly string[] {
  const devTools = Object.keys(settings.devTools);
  const proxyOf = ({ proxy }: { readonly proxy: string | null }) => (proxy === null ? [] : urlSecrets(proxy));
  const places: readonly (readonly [place: string, secrets: readonly (string | null)[]])[] = [
    ['CRAFTSYNC_TOKEN', [env['CRAFTSYNC_TOKEN'] ?? null]],
    ['TEMPORAL_API_KEY', [env['TEMPORAL_API_KEY'] ?? null]],
    ['PGPASSWORD', [env['PGPASSWORD'] ?? null]],
    ['DATABASE_URL', databaseSecrets(deployment.databaseUrl)],
    ['craft.apiKey', [secrets.apiKey('craft')]],
    ['craft.proxy', proxyOf(settings.craft)],
    ...Object.values(settings.devTools).map((tool) => [`devTools.${tool.name}.proxy`, proxyOf(tool)] as const),
    ...devTools.map((name) => [`devTools.${name}.apiKey`, [secrets.apiKey(name)]] as const),
    ...devTools.map((name) => [`devTools.${name}.webhookSecret`, [secrets.webhookSecret(name)]] as const),
    ['alerts.webhook', settings.alertsWebhook === null ? [] : secretUrlParts(settings.alertsWebhook)],
  ];
  return places
    .filter(([, values]) => values.some((value) => value !== null && isOwnWord(value)))
    .map(([place]) => `${place}: ${ORDINARY}`);
}
