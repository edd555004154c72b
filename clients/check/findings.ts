/** Runs the connectors' own checks; a check that fails is a finding too. Used by `check` and `preview`. */
import type { Finding, ReadCall } from '../../connectors/port/devTool.js';
import { ToolError, withAdvice } from '../../domain/errors.js';
import type { PipelineSettings } from '../../domain/settings.js';
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
