/**
 * Fields that a dev tool requires of a new item and a pipeline does not fill: reported before the first create is
 * refused.
 */
import type { DevToolConnector, ReadCall } from '../../connectors/port/devTool.js';
import type { PipelineSettings } from '../../domain/settings.js';

export interface UnfilledField {
  readonly name: string;
  /** In words: "required by the tracker Bug". */
  readonly why: string;
}

/**
 * Required fields that the pipeline's `fields` does not name; empty where the tool cannot say which ones it requires.
 */
export async function unfilledFields(
  tool: DevToolConnector,
  pipeline: PipelineSettings,
  call: ReadCall,
): Promise<readonly UnfilledField[]> {
  if (tool.requiredFields === undefined) return [];
  const required = await tool.requiredFields.list(pipeline.target, call);
  const filled = new Set(['title', 'description', ...Object.keys(pipeline.fields)]);
  return required
    .filter(({ name, otherNames = [] }) => ![name, ...otherNames].some((one) => filled.has(one)))
    .map(({ name, why }) => ({ name, why }));
}
