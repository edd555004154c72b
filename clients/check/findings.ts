/** Runs the connectors' own checks; a check that fails is a finding too. Used by `check` and `preview`. */
import type { ReadCall } from '../../connectors/port/calls.js';
import type { Finding } from '../../connectors/port/finding.js';
import type { Configuration } from '../../config/configuration.js';
import { ToolError, withAdvice } from '../../domain/errors.js';
import type { PipelineSettings } from '../../domain/settings.js';
import { PART } from '../../domain/redaction/redactor.js';
import type { Connectors } from '../../runtime/connectors.js';

/** A connection that cannot be asked does not hide the findings of the others. */
export async function findingsOf(
  where: string,
  probing: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await probing();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return [{ level: 'wrong', where, message: withAdvice(error) }];
  }
}

/** Keys of which not every part can be kept out of messages. */
export function shortKeys({ settings, secrets }: Pick<Configuration, 'settings' | 'secrets'>): readonly Finding[] {
  const devTools = Object.keys(settings.devTools).map((name) => ({ name, place: `devTools.${name}` }));
  return [{ name: 'craft', place: 'craft' }, ...devTools].flatMap(({ name, place }) => {
    if (secrets.apiKey(name).length >= PART) return [];
    const message = `has fewer than ${PART} characters, too few to be taken out of messages and logs: use a longer key`;
    return [{ level: 'warning', where: `${place}.apiKey`, message }];
  });
}

/** What is wrong with one pipeline and its two connections. */
export async function wrongWith(
  { craft, devTools }: Pick<Connectors, 'craft' | 'devTools'>,
  pipeline: PipelineSettings,
  call: ReadCall,
): Promise<readonly Finding[]> {
  const { devTool } = pipeline;
  const found = await Promise.all([
    findingsOf('craft', () => craft.check([pipeline], call, [])),
    findingsOf(`devTools.${devTool}`, async () => (await devTools[devTool]?.check([pipeline], call)) ?? []),
  ]);
  return found.flat().filter(({ level }) => level === 'wrong');
}
