/** Terminology: a workspace that calls its features capabilities, from the connector to templates and rules. */
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient } from '../../../connectors/http/client.js';
import { createCraftConnector } from '../../../connectors/craft/index.js';
import { handedOverOf } from '../../../domain/rules/drift.js';
import { renderFields } from '../../../domain/rules/fields.js';
import { matchesRule } from '../../../domain/rules/readiness.js';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.js';
import { pipelineWith } from '../../fixtures/craftItems.js';
import { collect, read } from './setUp.js';
import { freeBudget } from '../../fixtures/calls.js';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function open(dialect: 'guide' | 'swagger') {
  const sandbox: Sandbox = await startSandbox({ port: 0, items: 0 });
  opened.push(sandbox);
  const branch = [...sandbox.world.craft.workspaces.values()].at(-1)?.id ?? '';
  const edit = { title: 'Queue numbers', type: 'Feature', status: 'Ready for Development', workspaceId: branch };
  sandbox.act({ as: 'product-manager', action: 'create', edit });
  const baseUrl = dialect === 'guide' ? sandbox.craft.guideUrl : sandbox.craft.swaggerUrl;
  const connection = { name: 'craft', baseUrl, timeoutMs: 5_000, proxy: null, caFile: null };
  const craft = createCraftConnector({
    settings: {
      ...connection,
      rateLimit: { perMinute: null, burst: 1, perMonth: null },
      dialect,
      accountId: null,
      freshForMs: 1,
    },
    openHttp: (speech) => {
      const client: HttpClient = createHttpClient({
        ...connection,
        connection: 'craft',
        authHeaders: () => speech.authHeaders(sandbox.craft.apiKey),
        budget: freeBudget,
      });
      opened.push(client);
      return client;
    },
    memory: { recall: () => Promise.resolve(null), remember: () => Promise.resolve() },
  });
  return { craft, sandbox, source: { workspace: branch } };
}

describe.each(['guide', 'swagger'] as const)('connectors/craft/terms (%s)', (dialect) => {
  it('lets no caller’s cancellation end a read that others wait for as well', async () => {
    const { craft, sandbox, source } = await open(dialect);
    sandbox.faults.add({ rules: [{ mentions: 'terminology', fault: { kind: 'latency', ms: 300 } }] });
    const rule = { status: 'Ready for Development', types: ['Capability'], where: [] };
    const first = new AbortController();
    const given = collect(craft.listReady(source, rule, { ...read, signal: first.signal })).catch(() => null);
    const other = collect(craft.listReady(source, rule, read));
    await expect.poll(() => sandbox.records.counters().some(({ route }) => route?.includes('terminology'))).toBe(true);
    first.abort();
    await given;
    expect((await other).pages.flatMap((page) => page.items)).toHaveLength(1);
  });

  it.each(['Capability', 'Feature'])('finds items by the type %s, and calls them capabilities', async (type) => {
    const { craft, source } = await open(dialect);
    const rule = { status: 'Ready for Development', types: [type], where: [] };
    const [item] = (await collect(craft.listReady(source, rule, read))).pages.flatMap((page) => page.items);
    if (item === undefined) throw new Error('nothing was found');
    expect(matchesRule(item, rule)).toBe(true);
    expect(matchesRule(item, { ...rule, types: ['Story'] })).toBe(false);
    expect(matchesRule(item, { ...rule, types: null, where: [{ field: 'type', equals: type }] })).toBe(true);
    const fields = {
      title: { template: '{type}: {title}' },
      effort: { from: 'type', values: { [type]: 'large' }, required: true },
    };
    const pipeline = pipelineWith(fields, { source });
    const rendered = { title: 'Capability: Queue numbers', fields: { effort: ['large'] } };
    expect(renderFields(item, pipeline)).toMatchObject(rendered);
    // A renamed term is no drift, and Craft.io's own word is what is written back.
    expect(handedOverOf(item, pipeline).values['type']).toBe('Feature');
  });

  it('says which types there are, by both names', async () => {
    const { craft, source } = await open(dialect);
    const ready = { status: null, types: ['Capabilty', 'Capability'], where: [] };
    const findings = await craft.check([pipelineWith({}, { source, ready })], read);
    const messages = findings.filter(({ where }) => where.endsWith('ready.types')).map(({ message }) => message);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain('the nearest is "Capability"');
    expect(messages[0]).toContain('"Capability" (Craft.io\'s Feature)');
  });
});
