/** What the service does outside: two HTTP calls and two statements for each item. */
import type { Pool } from 'pg';

export interface PeerOptions {
  readonly guideUrl: string;
  readonly craftKey: string;
  readonly workspaceId: string;
  readonly toolUrl: string;
  readonly toolKey: string;
  readonly statusId: string;
}

export interface ReadyItem {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly customFields: readonly { readonly id: string; readonly value: unknown }[];
}

interface Created {
  readonly key: string;
  readonly url: string;
}

export type Activities = ReturnType<typeof createActivities>;

const PAGE = 100;

export function createActivities(options: PeerOptions, pool: Pick<Pool, 'query'>) {
  const { guideUrl, craftKey, workspaceId, toolUrl, toolKey, statusId } = options;
  const craft = (method: string, path: string, body?: object): Promise<unknown> =>
    call(method, `${guideUrl}/workspace/${workspaceId}/items${path}`, { 'x-craft-api-key': craftKey }, body);

  return {
    async listReady(): Promise<readonly ReadyItem[]> {
      const found: ReadyItem[] = [];
      for (let page = 1; ; page += 1) {
        const query = `?status=Ready%20for%20Development&page=${page}&limit=${PAGE}&fields=all`;
        const { items } = (await craft('GET', query)) as { items: ReadyItem[] };
        found.push(...items.filter(({ description }) => Boolean(description)).map(readyItem));
        if (items.length < PAGE) return found;
      }
    },

    async createWorkItem(item: ReadyItem): Promise<Created> {
      const body = { title: item.title, statusId, description: item.description };
      const created = await call('POST', `${toolUrl}/workitem`, { 'x-api-key': toolKey }, body);
      const { number } = created as { number: number };
      const key = String(number);
      await pool.query('insert into hand_over (craft_item_id, work_item_key) values ($1, $2)', [item.id, key]);
      return { key, url: `${toolUrl}/workitem/${key}` };
    },

    async lockItem(item: ReadyItem, { key, url }: Created): Promise<void> {
      const values = { dev_lock: 'View only', dev_status: 'To do', dev_key: key, dev_link: url };
      const written = Object.entries(values).map(([fieldId, value]) => ({ fieldId, value }));
      // This Craft.io empties custom fields that a PUT does not name.
      const kept = item.customFields.map(({ id, value }) => ({ fieldId: id, value }));
      await craft('PUT', `/${item.id}`, { status: 'In Development', customFieldValues: [...kept, ...written] });
      await pool.query('update hand_over set locked_at = now() where craft_item_id = $1', [item.id]);
    },
  };
}

function readyItem({ id, title, description, customFields }: ReadyItem): ReadyItem {
  return { id, title, description, customFields };
}

async function call(method: string, url: string, headers: Record<string, string>, body?: object): Promise<unknown> {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, accept: 'application/json', 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status}`);
  return answer.json();
}
