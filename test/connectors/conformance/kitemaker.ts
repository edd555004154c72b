/** Kitemaker for the conformance suite: the connector on one side of the wire, the sandbox on the other. */
import { createHttpClient, type HttpClient } from '../../../src/connectors/http/client.js';
import { createDevTool } from '../../../src/connectors/registry.js';
import type { DevToolSettings, PipelineSettings } from '../../../src/domain/settings.js';
import type { Fault } from '../../../src/local/sandbox/faults.js';
import type { MountName } from '../../../src/local/sandbox/http/mount.js';
import { type Sandbox, startSandbox } from '../../../src/local/sandbox/sandbox.js';
import type { ConnectOptions, Harness, Subject, Trouble } from './subject.js';

const MOUNTS: readonly MountName[] = ['kitemaker-rest', 'kitemaker-graphql'];

const FAULTS = {
  'answer-lost': { kind: 'lose-answer', applied: true, silence: 'reset' },
  'request-lost': { kind: 'lose-answer', applied: false, silence: 'reset' },
  'status-500': { kind: 'status', status: 500 },
  'status-401': { kind: 'status', status: 401 },
  'rate-limit': { kind: 'rate-limit', retryAfter: 'seconds', seconds: 5 },
  html: { kind: 'html' },
  truncated: { kind: 'truncated' },
  'wrong-content-type': { kind: 'wrong-content-type', contentType: 'text/plain' },
} as const satisfies Record<Trouble, Fault>;

export const kitemaker: Harness = {
  name: 'kitemaker',
  async start() {
    const sandbox = await startSandbox({ port: 0, items: 0 });
    const clients: HttpClient[] = [];
    return subjectOn(sandbox, clients);
  },
};

function subjectOn(sandbox: Sandbox, clients: HttpClient[]): Subject {
  const [space, other] = sandbox.kitemaker.spaces;
  const [status] = space?.statuses ?? [];
  if (space === undefined || other === undefined || status === undefined)
    throw new Error('the sandbox has too few spaces');
  const target = { spaceId: space.id, statusId: status.id };
  const workItems = sandbox.world.kitemaker.workItems;
  return {
    apiKey: sandbox.kitemaker.apiKey,
    target,
    scope: space.id,
    otherScope: other.id,
    pipeline: pipelineTo(
      target,
      space.statuses.map(({ name }) => name),
    ),
    unknownId: '0000000000000000',
    connect: (options = {}) => connect(sandbox, clients, options),
    counts() {
      const records = MOUNTS.flatMap((mount) => sandbox.records.list({ mount }));
      return { requests: records.length, writes: records.filter((record) => record.write).length };
    },
    trouble: (kind, where) => {
      sandbox.faults.addRule({ mounts: MOUNTS, write: where === 'writes', fault: FAULTS[kind] });
    },
    mend: () => sandbox.faults.clear(),
    create(description) {
      const title = 'By hand';
      return doneId(sandbox.act({ as: 'developer', action: 'create', space: space.id, edit: { title, description } }));
    },
    changeStatus(id) {
      const statuses = space.statuses;
      const at = statuses.findIndex((one) => one.id === workItems.get(id)?.statusId);
      const next = statuses[(at + 1) % statuses.length] ?? status;
      doneId(sandbox.act({ as: 'developer', action: 'move', id, status: next.id }));
      return next.name;
    },
    moveAway: (id) => void doneId(sandbox.act({ as: 'developer', action: 'move-space', id, space: other.id })),
    remove: (id) => void doneId(sandbox.act({ as: 'developer', action: 'delete', id })),
    hideScope: () => {
      sandbox.faults.add({ lostSight: { kitemaker: { scopes: [space.id], as: 'missing' } } });
    },
    textsOf(id) {
      const item = workItems.get(id);
      if (item === undefined) throw new Error(`no work item ${id}`);
      return { title: item.title, description: item.description };
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await sandbox.close();
    },
  };
}

function doneId(outcome: ReturnType<Sandbox['act']>): string {
  if (outcome.status === 'refused') throw new Error(outcome.message);
  return outcome.id;
}

function connect(sandbox: Sandbox, clients: HttpClient[], options: ConnectOptions) {
  const url =
    options.port === undefined ? sandbox.kitemaker.restUrl : `http://127.0.0.1:${options.port}/developers/rest/v1`;
  const settings: DevToolSettings = {
    name: 'km',
    type: 'kitemaker',
    baseUrl: url,
    rateLimit: { perMinute: null, burst: 1, perMonth: null },
    timeoutMs: 5_000,
    proxy: null,
    caFile: null,
    itemUrl: 'https://km.example/{spaceKey}/{number}',
    progressEveryMs: 1,
    inventoryEveryMs: 1,
    readAfterWriteMs: 1,
    lateWriteMs: 1,
    own: {},
  };
  return createDevTool(settings, (speech) => {
    const client = createHttpClient({
      connection: settings.name,
      baseUrl: url,
      authHeaders: () => speech.authHeaders(options.apiKey ?? sandbox.kitemaker.apiKey),
      timeoutMs: settings.timeoutMs,
      proxy: null,
      caFile: null,
      budget: options.budget ?? { ask: () => Promise.resolve(), pushBack: () => undefined },
      ...(speech.describeError !== undefined && { describeError: speech.describeError }),
    });
    clients.push(client);
    return client;
  });
}

function pipelineTo(target: unknown, statuses: readonly string[]): PipelineSettings {
  return {
    name: 'mobile',
    source: { workspace: '1' },
    ready: { status: 'Ready', types: null, where: [] },
    devTool: 'km',
    target,
    sweepEveryMs: 1,
    driftEveryMs: 1,
    maxNewPerSweep: 1,
    fields: { title: { template: '{title}' }, description: { from: 'description', values: null, required: true } },
    progress: {
      field: 'dev_status',
      linkField: null,
      keyField: null,
      stateField: null,
      statuses: Object.fromEntries(statuses.map((name) => [name, name])),
      unmapped: 'keep',
      doneWhen: [],
      droppedWhen: [],
      onDropped: 'flag',
    },
    lock: null,
    onDevItemDeleted: 'flag',
    settleForMs: 1,
    feedback: 'none',
    alsoHandedOver: false,
  };
}
