/** What a dev tool demands of a new item and a pipeline does not fill: named before the first item is refused for it. */
import type { ReadCall } from '../../connectors/port/calls.js';
import type { DevToolConnector } from '../../connectors/port/devTool.js';
import type { PipelineSettings } from '../../domain/settings.js';

export interface Demand {
  readonly name: string;
  /** In words: "required by the tracker Bug". */
  readonly why: string;
}

/** Fields that the tool demands and `fields` does not name; none where the tool cannot tell. */
export async function unfilledDemands(
  tool: DevToolConnector,
  pipeline: PipelineSettings,
  call: ReadCall,
): Promise<readonly Demand[]> {
  if (tool.requiredFields === undefined) return [];
  const demanded = await tool.requiredFields.list(pipeline.target, call);
  const filled = new Set(['title', 'description', ...Object.keys(pipeline.fields)]);
  return demanded
    .filter(({ name, otherNames = [] }) => ![name, ...otherNames].some((one) => filled.has(one)))
    .map(({ name, why }) => ({ name, why }));
}
