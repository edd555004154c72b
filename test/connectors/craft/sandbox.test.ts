/** The connector against the sandbox's Craft.io, which was written from the documents alone. */
import { afterEach, describe, expect, it } from 'vitest';
import { createCraftConnector } from '../../../connectors/craft/index.js';
import { createHttpClient, type HttpClient } from '../../../connectors/http/client.js';
import type { CraftConnector } from '../../../connectors/port/craft.js';
import { readPath } from '../../../domain/rules/paths.js';
import { matchesRule } from '../../../domain/rules/readiness.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.js';
import { lock, pipelineWith } from '../../fixtures/craftItems.js';
import { collect, read, write } from './setUp.js';
import { freeBudget } from '../../fixtures/calls.js';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

type Dialect = 'guide' | 'swagger';

async function open(
  dialect: Dialect,
  options: Partial<SandboxOptions> = {},
): Promise<{ sandbox: Sandbox; craft: CraftConnector; source: { workspace: string } }> {
  const sandbox = await startSandbox({ port: 0, ...options });
  opened.push(sandbox);
  const { craft: access } = sandbox;
  const stored = new Map<string, string>();
  const craft = createCraftConnector({
    settings: {
      name: 'craft',
      baseUrl: dialect === 'guide' ? access.guideUrl : access.swaggerUrl,
      rateLimit: { perMinute: null, burst: 1, perMonth: null },
      timeoutMs: 5_000,
      proxy: null,
      caFile: null,
      dialect,
      accountId: access.accountId,
      freshForMs: 60_000,
    },
    openHttp: (speech) => {
      const client: HttpClient = createHttpClient({
        connection: 'craft',
        baseUrl: dialect === 'guide' ? access.guideUrl : access.swaggerUrl,
        authHeaders: () => speech.authHeaders(access.apiKey),
        timeoutMs: 5_000,
        proxy: null,
        caFile: null,
        budget: freeBudget,
        ...(speech.describeError !== undefined && { describeError: speech.describeError }),
      });
      opened.push(client);
      return client;
    },
    memory: {
      recall: (key) => Promise.resolve(stored.get(key) ?? null),
      remember: (key, value) => Promise.resolve(void stored.set(key, value)),
    },
  });
  return { sandbox, craft, source: { workspace: access.workspaceId } };
}

const rule = {
  status: 'Ready for Development',
  types: ['Feature', 'Story'],
  where: [{ field: 'customFields.team', equals: 'mobile' }],
};

describe.each<Dialect>(['guide', 'swagger'])('connectors/craft/sandbox: against sandbox/craft (%s)', (dialect) => {
  it('finds nothing wrong with the configuration of the sandbox', async () => {
    const { craft, source } = await open(dialect);
    const effort = { from: 'effort', values: null, required: true };
    const findings = await craft.check([pipelineWith({ effort }, { source, ready: rule, lock })], read);
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(findings.length).toBeGreaterThan(2);
  });

  it('collects all ready items over many pages, each once', async () => {
    const { craft, source } = await open(dialect, { items: 350 });
    const { ids, pages } = await collect(craft.listReady(source, rule, read));
    expect(new Set(ids).size).toBe(ids.length);
    expect(pages.length).toBeGreaterThan(2);
    const all = (await collect(craft.listAll(source, read))).pages.flatMap((page) => page.items);
    const ready = all.filter((one) => matchesRule(one, rule)).map(({ id }) => id);
    expect(ids.filter((id) => ready.includes(id)).sort()).toEqual(ready.sort());
    expect(ready.length).toBeGreaterThan(200);
  });

  it.each(['merge', 'replace'] as const)(
    'locks items without losing any of their fields (%s)',
    async (craftCustomFields) => {
      const { craft, source } = await open(dialect, { behaviour: { craftCustomFields } });
      const { pages } = await collect(craft.listReady(source, rule, read));
      const ready = pages.flatMap((page) => page.items).filter((one) => matchesRule(one, rule));
      expect(ready.length).toBeGreaterThan(2);
      await Promise.all(
        ready.map((one) =>
          craft.writeItem(
            source,
            one.id,
            {
              status: 'In Development',
              customFields: { dev_lock: 'View only', dev_status: 'To do', dev_key: 'MOB-1' },
            },
            write,
          ),
        ),
      );
      for (const before of ready) {
        const now = await craft.readItem(source, before.id, read);
        expect(now?.status?.name).toBe('In Development');
        expect(now === null ? null : readPath(now, 'customFields.dev_lock')).toBe('View only');
        for (const field of before.customFields.filter(({ name }) => name?.startsWith('dev_') === false)) {
          expect(now?.customFields).toContainEqual(field);
        }
      }
      const left = (await collect(craft.listReady(source, rule, read))).ids;
      expect(left.filter((id) => ready.some((one) => one.id === id))).toEqual([]);
    },
  );

  it('finds by short id and by id, and returns null for what does not exist', async () => {
    const { craft, source } = await open(dialect);
    const [first] = (await collect(craft.listAll(source, read))).pages[0]?.items ?? [];
    expect(await craft.findItem(source, first?.shortId ?? '', read)).toEqual(first);
    expect(await craft.findItem(source, first?.id ?? '', read)).toEqual(first);
    expect(await craft.findItem(source, 'NONE-1', read)).toBeNull();
    expect(await craft.readItem(source, '2305843010999999999', read)).toBeNull();
  });

  it('empties a field, and names the property that Craft.io refused', async () => {
    const { craft, source } = await open(dialect);
    const [first] = (await collect(craft.listAll(source, read))).pages[0]?.items ?? [];
    const id = first?.id ?? '';
    await craft.writeItem(source, id, { customFields: { dev_lock: 'View only' } }, write);
    await craft.writeItem(source, id, { customFields: { dev_lock: '' } }, write);
    const now = await craft.readItem(source, id, read);
    expect(now === null ? 'gone' : readPath(now, 'customFields.dev_lock')).toBeNull();
    const refused = craft.writeItem(source, id, { properties: { effort: 'a lot' } }, write);
    await expect(refused).rejects.toMatchObject({ kind: 'invalid' });
    await expect(refused).rejects.toThrow('body.effort');
  });
});

describe('connectors/craft/sandbox: against sandbox/craft (bare lists)', () => {
  it('reads bare arrays as it reads pages', async () => {
    const { craft, source } = await open('guide', { items: 250, behaviour: { craftGuideList: 'array' } });
    expect((await collect(craft.listAll(source, read))).ids.length).toBeGreaterThanOrEqual(250);
  });
});
