/**
 * The words that craftsync's own messages are made of, of four letters or more. A secret that is one of them cannot be
 * taken out of every text without destroying the messages (decision 28). A test compares them with what the rooms say.
 */
const WORDS = `
  about above accept accepted account accountid address after again alone already also alter another answer answered
  answers anything applied apply asked asking asks attempt attributes away back baseurl become been before begin
  begins belongs between blank blocked body both budget calls came cannot case category change changed changes
  characters check checked choose claim class client clock closed code column come comes comment comments compared
  config configuration configured connection connections connector content correct could count counts craft craftdesk
  craftnote craftsync create created current custom data database default delete deleted delivery description detail
  devtools differs disk distinct docs documented documents does done drift each either else empty encoding ended ends
  entries entry environment error event every everything exactly example exist exists exit expected failed false
  feedback fewer field fields file fill first folder followed follows font form found free fresh from full generation
  give given goes gone graphql hand handed have header held here hold holds host hour html http https initiative
  inside install intake interval into issue issues item items itself join json keeps keys kitemaker know known label
  labels lacks last lease least leave ledger left level limit line lines link linked links list listed listen listener
  listing lists localhost lock locked long longer look looked lost machine made many mapping mark marker match mean
  meant minute minutes missing month more most move must name named names namespace nearest needed needs neither never
  next nobody none noted nothing null number object often older once only open operator option order orphaned other
  others over owner page pages parent password path pause paused person phase pipeline pipelines place port portal
  post postgres postgresql preview priority process program progress project projects proxy query quotes random
  reached read readable readiness ready reason received recreate redmine refused refuses registered release released
  relink remove rename repeated required requires resume resumed resync returning right rights role root route rule
  running runs same sandbox says scope search second seconds section seen sees select send sent server settings
  settling several short show shown shows sides since small some something source space span stack stands start
  started starting starts state status statuses stay stays still stop stored style submission submit submitted such
  sweep sync synced table take taken takes target task tbody template temporal text tfoot than that thead their them
  then there these they this those time timestamp title token told took tool tracker tried true type under unexpected
  unknown until update updated used user valid value values vanished verified version wait waiting waits wake webhook
  webhooks were what when where whether which while whole will with within without woken word worker workflow
  workflows workitem works would write written wrong wrote yaml your
`;

/** A secret of this many bytes or more is looked for in parts of this many. */
export const PART = 8;

/** What stands in place of a secret. */
export const REDACTED = '[redacted]';

/** In lower case. */
export const OWN_WORDS: readonly string[] = WORDS.trim().split(/\s+/);

const partsByLength = new Map<number, ReadonlySet<string>>();

/** What of our own words can be mistaken for a secret, or for a part of one, of `length` bytes. */
export function partsOfOwnWords(length: number): ReadonlySet<string> {
  const known = partsByLength.get(length);
  if (known !== undefined) return known;
  const words = [...OWN_WORDS, REDACTED].filter((word) =>
    length < PART ? word.length === length : word.length >= length,
  );
  const parts = new Set(words.flatMap((word) => partsOf(word, length)));
  partsByLength.set(length, parts);
  return parts;
}

/** Whether it can only be taken out where a credential stands. */
export function isOwnWord(secret: string): boolean {
  const plain = secret.trim().toLowerCase();
  const length = Math.min(PART, plain.length);
  const parts = partsOf(plain, length);
  return parts.length > 0 && parts.every((part) => partsOfOwnWords(length).has(part));
}

function partsOf(text: string, length: number): readonly string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) => text.slice(at, at + length));
}
