/**
 * The floor of the webhook benchmark, the least that a sync has to do: a plain server checks the signature of a POST
 * and makes one PUT to Craft.io; it reads nothing, keeps nothing and repeats nothing. Argument: one JSON object. Prints
 * its port.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const { guideUrl, craftKey, workspaceId, secret, craftItems } = JSON.parse(process.argv[2]);
const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');

async function writeBack(devItemId) {
  const answer = await fetch(`${guideUrl}/workspace/${workspaceId}/items/${craftItems[devItemId]}`, {
    method: 'PUT',
    headers: { 'x-craft-api-key': craftKey, 'content-type': 'application/json' },
    body: JSON.stringify({ customFieldValues: [{ fieldId: 'dev_status', value: 'moved' }] }),
  });
  await answer.arrayBuffer();
}

const server = createServer((request, reply) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    const { 'svix-id': id, 'svix-timestamp': at, 'svix-signature': given = '' } = request.headers;
    const expected = Buffer.from(`v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`);
    const isRight = expected.length === Buffer.byteLength(given) && timingSafeEqual(expected, Buffer.from(given));
    reply.writeHead(isRight ? 200 : 401).end();
    if (isRight) void writeBack(JSON.parse(String(body)).id);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
