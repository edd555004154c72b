/** Redmine in a test deployment: its configuration, and what people do in it. */
import type { DevDeed } from '../../../../sandbox/people/devSide.js';
import type { Sandbox } from '../../../../sandbox/sandbox.js';
import type { ConfigurationChanges } from '../deployment.js';

interface Place {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** `projectId` and the other settings of a target. */
  readonly target: Readonly<Record<string, unknown>>;
  /** Merged into `devTools.rm`. */
  readonly own?: Readonly<Record<string, unknown>>;
}

/** A pipeline `mobile` to a Redmine (`rm`), whose words are mapped. */
export function toRedmineAt({ baseUrl, apiKey, target, own }: Place): ConfigurationChanges {
  const timing = { timeout: '3 seconds', readAfterWrite: '1 second', lateWrite: '2 seconds' };
  return {
    devTools: { rm: { type: 'redmine', baseUrl, apiKey, ...timing, ...own } },
    pipeline: {
      target: { devTool: 'rm', spaceId: null, status: null, ...target },
      progress: {
        statuses: {
          'To do': null,
          Done: null,
          Dropped: null,
          New: 'To do',
          'In Progress': 'In development',
          Resolved: 'In development',
          Feedback: 'In development',
          Closed: 'Done',
          Rejected: 'Dropped',
        },
      },
    },
  };
}

/** A pipeline to the sandbox's Redmine. Its marker is in the description, where `handOverFacts` looks for it. */
export function toRedmine(sandbox: Sandbox, own: Readonly<Record<string, unknown>> = {}): ConfigurationChanges {
  const { baseUrl, apiKey, ids } = sandbox.tools.redmine;
  return toRedmineAt({ baseUrl, apiKey, target: { projectId: ids['project Mobile'], trackerId: 2 }, own });
}

/** What a person does in Redmine; throws where the sandbox refuses. Returns the id of the issue. */
export function inRedmine(sandbox: Sandbox, deed: DevDeed): string {
  const outcome = sandbox.act({ as: 'developer', tool: 'redmine', ...deed });
  if (outcome.status === 'refused') throw new Error(outcome.message);
  return outcome.id;
}
