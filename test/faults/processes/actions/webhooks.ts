/** A storm of webhooks: each change told several times, out of order, replayed, and forged ones in between. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { kitemakerSigns } from '../../../connectors/conformance/kitemaker.js';
import { seededRandom } from '../../../../sandbox/world/random.js';
import type { ActionFault } from '../plan/faults.js';
import type { Performance, Stage } from './stage.js';

type Storm = Extract<ActionFault, { readonly kind: 'webhook-storm' }>;

const STORM_FOR_MS = 12_000;
const COMES_WITHIN_MS = 1_500;
const FORGED = `whsec_${Buffer.from('a guess').toString('base64')}`;

export async function startStorm(stage: Stage, { copies, forged }: Storm): Promise<Performance> {
  const secret = `whsec_${Buffer.from(randomUUID()).toString('base64')}`;
  stage.secrets.push(secret.slice('whsec_'.length));
  await stage.configure({ km: { webhookSecret: secret } });
  const listener = await stage.deployment.startListener();
  stage.others.push({ name: 'listener', program: listener });
  const tool = kitemakerSigns(secret);
  const forger = kitemakerSigns(FORGED);
  const random = seededRandom(stage.plan.seed);
  const post = async ({ headers, body }: ReturnType<typeof tool.signed>): Promise<number> => {
    await sleep(random() * COMES_WITHIN_MS);
    const given = headers as Record<string, string>;
    const answer = await fetch(`${listener.url}/webhooks/km`, { method: 'POST', headers: given, body });
    await answer.arrayBuffer();
    return answer.status;
  };
  return async () => {
    const posts: Promise<{ readonly status: number; readonly isForged: boolean }>[] = [];
    const send = (message: ReturnType<typeof tool.signed>, isForged: boolean): void => {
      posts.push(
        post(message).then(
          (status) => ({ status, isForged }),
          () => ({ status: 0, isForged }),
        ),
      );
    };
    const stop = stage.deployment.sandbox.onChange(({ what, id, by, kind }) => {
      if (what !== 'work-item' || by === 'seed' || kind === 'deleted') return;
      const news = tool.signed(tool.news(id));
      for (let copy = 0; copy < copies; copy += 1) send(copy % 2 === 0 ? news : tool.signed(tool.news(id)), false);
      if (posts.length < forged * copies) send(forger.signed(tool.news(id)), true);
    });
    await sleep(STORM_FOR_MS);
    stop();
    const answers = await Promise.all(posts);
    const taken = answers.filter(({ status, isForged }) => status === 200 && !isForged).length;
    const believed = answers.filter(({ status, isForged }) => status === 200 && isForged).length;
    const what = `${answers.length} webhooks: ${taken} taken, ${believed} forged ones believed`;
    stage.note({ who: 'fault', what, kind: 'webhook-storm', ok: true });
    if (believed > 0) stage.note({ who: 'run', what: 'a forged webhook was believed', kind: null, ok: false });
  };
}
