/**
 * The floor of the hand-over benchmark: a plain script that makes the same HTTP calls at the same concurrency and keeps
 * nothing: two passes over the listing, then one POST and one PUT for each item. Arguments: one JSON object.
 */
const { guideUrl, craftKey, workspaceId, restUrl, kitemakerKey, statusId, concurrency } = JSON.parse(process.argv[2]);

async function call(url, init) {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${init.method} ${url}: ${answer.status}`);
  return answer.json();
}

async function listReady() {
  const items = [];
  for (let page = 1; ; page += 1) {
    const query = `status=Ready%20for%20Development&page=${page}&limit=100&fields=all`;
    const answer = await call(`${guideUrl}/workspace/${workspaceId}/items?${query}`, {
      method: 'GET',
      headers: { 'x-craft-api-key': craftKey },
    });
    items.push(...answer.items);
    if (answer.items.length < 100) return items;
  }
}

async function handOver(item) {
  const created = await call(`${restUrl}/workitem`, {
    method: 'POST',
    headers: { 'x-api-key': kitemakerKey, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ title: item.title, statusId, description: `${item.description}\n\nfloor:${item.id}` }),
  });
  await call(`${guideUrl}/workspace/${workspaceId}/items/${item.id}`, {
    method: 'PUT',
    headers: { 'x-craft-api-key': craftKey, 'content-type': 'application/json' },
    body: JSON.stringify({
      status: 'In Development',
      customFieldValues: [
        { fieldId: 'dev_lock', value: 'View only' },
        { fieldId: 'dev_status', value: 'To do' },
        { fieldId: 'dev_key', value: String(created.number) },
      ],
    }),
  });
}

const startedAt = performance.now();
await listReady();
const items = (await listReady()).filter((item) => item.description);
const waiting = [...items];
await Promise.all(
  Array.from({ length: concurrency }, async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await handOver(item);
  }),
);
process.stdout.write(JSON.stringify({ items: items.length, ms: performance.now() - startedAt }));
