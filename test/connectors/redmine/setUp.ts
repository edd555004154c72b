/** The Redmine connector against a sandbox that a test can change as an administrator does. */
import { onTestFinished } from 'vitest';
import type { HttpClient } from '../../../connectors/http/client.js';
import type { DevToolConnector } from '../../../connectors/port/devTool.js';
import type { PipelineSettings } from '../../../domain/settings.js';
import type { RedmineSystem } from '../../../sandbox/redmine/index.js';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.js';
import { connectTool, pipelineTo } from '../conformance/connectTool.js';

const STATUSES = ['New', 'In Progress', 'Resolved', 'Feedback', 'Closed', 'Rejected'];
export const DEVELOPER_ID = 6;
export const API_USER_ID = 5;

export interface SetUp {
  readonly sandbox: Sandbox;
  readonly redmine: RedmineSystem['world'];
  /** The project `mobile`. */
  readonly scope: string;
  readonly target: { readonly projectId: string; readonly trackerId: string; readonly markerField: string };
  readonly pipeline: PipelineSettings;
  connect(own?: Readonly<Record<string, unknown>>, apiKey?: string): DevToolConnector;
  /** The requests to Redmine since the last call, as `GET /issues.json?…`. */
  asked(): readonly string[];
}

export async function setUp(options: { readonly nowMs?: () => number } = {}): Promise<SetUp> {
  const sandbox = await startSandbox({ port: 0, items: 0, ...options });
  const clients: HttpClient[] = [];
  onTestFinished(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await sandbox.close();
  });
  const { baseUrl, apiKey, ids } = sandbox.tools.redmine;
  const target = { projectId: 'mobile', trackerId: '2', markerField: ids['field Craft ID'] ?? '' };
  let seen = 0;
  return {
    sandbox,
    redmine: sandbox.world.tools.redmine.world,
    scope: ids['project Mobile'] ?? '',
    target,
    pipeline: pipelineTo(target, STATUSES),
    connect: (own = {}, key = apiKey) =>
      connectTool(clients, { type: 'redmine', baseUrl, apiKey, itemUrl: null, own }, { apiKey: key }),
    asked() {
      const records = sandbox.records.list({ mount: 'redmine', sinceSeq: seen });
      seen = records.at(-1)?.seq ?? seen;
      return records.map(({ method, path }) => `${method} ${decodeURIComponent(path)}`);
    },
  };
}

/** An issue as somebody else creates it. */
export function issueBy(authorId: number, more: object = {}) {
  return {
    projectId: '1',
    trackerId: 2,
    statusId: 1,
    priorityId: 2,
    authorId,
    subject: 'By hand',
    description: null,
    ...more,
  };
}
