/** CraftDesk in a test deployment: its configuration, and what people do in it. */
import type { DevDeed } from '../../../../sandbox/people/devSide.js';
import type { Sandbox } from '../../../../sandbox/sandbox.js';
import type { ConfigurationChanges } from '../deployment.js';

/** A pipeline `mobile` to CraftDesk (`cd`), whose words are mapped. `own` is merged into `devTools.cd`. */
export function toCraftdesk(sandbox: Sandbox, own: Readonly<Record<string, unknown>> = {}): ConfigurationChanges {
  const { baseUrl, apiKey } = sandbox.tools.craftdesk;
  const timing = { timeout: '3 seconds', readAfterWrite: '1 second', lateWrite: '2 seconds' };
  return {
    devTools: {
      cd: { type: 'craftdesk', baseUrl, apiKey, itemUrl: `${sandbox.url}/craftdesk/{id}`, ...timing, ...own },
    },
    pipeline: {
      target: { devTool: 'cd', spaceId: null, status: null },
      progress: {
        statuses: { planned: 'To do', in_progress: 'In development', completed: 'Done', archived: 'Dropped' },
        doneWhen: ['Done'],
        droppedWhen: ['Dropped'],
      },
    },
  };
}

/** What a person does in CraftDesk; throws where the sandbox refuses. Returns the id of the project. */
export function inCraftdesk(sandbox: Sandbox, deed: DevDeed): string {
  const outcome = sandbox.act({ as: 'developer', tool: 'craftdesk', ...deed });
  if (outcome.status === 'refused') throw new Error(outcome.message);
  return outcome.id;
}
