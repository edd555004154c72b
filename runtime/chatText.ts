/**
 * An alert as a chat shows it. It holds words of others (the error of a tool, an item's title), and chats obey what
 * they read. One form does for all receivers of `{ text }`: Slack's three characters become entities, as it asks for
 * ("How to escape characters"), which ends `<!channel>`, `<@U123>` and `<https://…|label>`; Mattermost, Rocket.Chat,
 * Teams and Discord read Markdown, so no link hides its address and no @name calls anybody.
 */
import { neutralise, WORD_JOINER } from '../connectors/text/neutralise.js';
import { withoutUnseen } from '../domain/rules/unseen.js';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
/** `[label](address)`, `[label][1]` and `![picture](address)`. */
const MARKDOWN_LINK = /\](?=[([])/g;
/**
 * Chats end an address before `)`, `,` or `|`, and read `_` as emphasis, so an address protects no mention here. An
 * address of mail stays as it is, unless a chat could take its end for everybody.
 */
const MENTION = new RegExp(
  String.raw`(?<![\p{L}\p{N}])@(?!${WORD_JOINER})|@(?=[\p{L}\p{N}])(?=(?:channel|all|here|everyone)(?![\p{L}\p{N}]))`,
  'giu',
);

export function chatText(message: string): string {
  const plain = withoutUnseen(message.replaceAll(/\s+/g, ' ')).trim();
  return neutralise(plain)
    .replaceAll(MENTION, `@${WORD_JOINER}`)
    .replaceAll(MARKDOWN_LINK, `]${WORD_JOINER}`)
    .replaceAll(/[&<>]/g, (sign) => ENTITIES[sign] ?? sign);
}
