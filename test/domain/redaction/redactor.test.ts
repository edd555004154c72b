import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OWN_WORDS } from '../../../domain/redaction/ownWords.js';
import { createRedactor, PART } from '../../../domain/redaction/redactor.js';

const KEY = 'Zk9+aB/cD3=eF_gH-iJ.kL7mN%oP4qRsTuVwXyZ012345';

const percent = (text: string) =>
  Array.from(new TextEncoder().encode(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const upperPercent = (text: string) => percent(text).toUpperCase();
const htmlNumbers = (text: string) => Array.from(text, (sign) => `&#${sign.codePointAt(0) ?? 0};`).join('');
const htmlHex = (text: string) => Array.from(text, (sign) => `&#x${sign.codePointAt(0)?.toString(16)};`).join('');
const html = (text: string) =>
  text.replace(
    /[&<>"'+/=]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? htmlNumbers(sign),
  );
const json = (text: string) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/');
const jsonUnits = (text: string) =>
  Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
const hex = (text: string) => Buffer.from(text).toString('hex');

/** Encodings that write each character by itself: the code of a part is a part of the code. */
const BY_CHARACTER: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  encodeURIComponent: encodeURIComponent,
  'encodeURIComponent in lower case': (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  'percent, all': percent,
  'percent, all, in upper case': upperPercent,
  'percent, twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'percent, thrice': (text) => encodeURIComponent(encodeURIComponent(percent(text))),
  'HTML by name': html,
  'HTML by number': htmlNumbers,
  'HTML by hexadecimal number': htmlHex,
  JSON: json,
  'JSON, all': jsonUnits,
  'JSON in JSON': (text) => json(json(text)),
  'percent in HTML': (text) => html(percent(text)),
  'HTML in JSON': (text) => jsonUnits(html(text)),
  'JSON in percent': (text) => encodeURIComponent(json(text)),
  hexadecimal: hex,
  'hexadecimal in upper case': (text) => hex(text).toUpperCase(),
};

/** Keys, tokens and passwords: of letters, of everything that stands in one, and of any characters. */
const secretOf = (unit: fc.Arbitrary<string>) =>
  fc.string({ unit, minLength: PART, maxLength: 200 }).filter((secret) => secret.trim() === secret);
const secrets = fc.oneof(
  secretOf(fc.constantFrom(...'ABCDEFghijkl0123456789+/=._-%')),
  secretOf(fc.constantFrom(...'abcdef0123456789%&#;\\ux"<>')),
  secretOf(fc.constantFrom(...'aZ9ÄéßñЖ中😀+/%')),
);
/** Any text, of escapes too, that does not begin an escape which the secret's first character would end. */
const around = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom(...'%2b&#4;\\u0 a=') }))
  .map((text) => text.replace(/(%[0-9a-f]?|&[#a-z0-9]*|\\[ux]?[0-9a-f]*)$/i, '|'));

/** The parts of eight characters of `secret`, each in its code. */
function codedParts(secret: string, code: (text: string) => string): readonly string[] {
  const signs = Array.from(secret);
  return signs.slice(PART - 1).map((_, at) => code(signs.slice(at, at + PART).join('')));
}

describe('domain/redaction/redactor', () => {
  describe.each(Object.entries(BY_CHARACTER))('a secret written %s', (_, code) => {
    it('leaves no eight characters in a row, for any secret, any text around it and any cut', () => {
      const cuts = fc.tuple(fc.nat(100), fc.nat(100));
      fc.assert(
        fc.property(secrets, around, fc.string({ unit: 'grapheme' }), cuts, (secret, before, after, [a, b]) => {
          const coded = code(secret);
          const from = Math.floor((Math.min(a, b) / 100) * coded.length);
          const to = Math.ceil((Math.max(a, b) / 100) * coded.length);
          const safe = createRedactor([secret]).redact(`${before}${coded.slice(from, to)}${after}`);
          for (const part of codedParts(secret, code)) expect(safe).not.toContain(part);
        }),
        { numRuns: 150 },
      );
    });
  });

  it.each(['base64', 'base64url'] as const)(
    'leaves no part of its code in %s, whatever was encoded with it',
    (code) => {
      fc.assert(
        fc.property(secrets, fc.string({ maxLength: 20 }), around, fc.nat(100), (...given) => {
          const [secret, user, before, share] = given;
          const coded = Buffer.from(`${user}:${secret}`).toString(code);
          const own = coded.slice(Math.ceil((Buffer.byteLength(user) + 1) * (8 / 6)), -3);
          const cut = coded.slice(0, Math.ceil((share / 100) * coded.length));
          const safe = createRedactor([secret]).redact(`${before} ${cut}`);
          for (let at = 0; at + PART <= own.length; at += 1) expect(safe).not.toContain(own.slice(at, at + PART));
        }),
      );
    },
  );

  it('leaves everything else as it was', () => {
    const { redact } = createRedactor([KEY, 'hunter2-hunter2']);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (before, after) => {
        expect(redact(`${before} ${after}`)).toBe(`${before} ${after}`);
        expect(redact(`${before} ${KEY} ${after}`)).toBe(`${before} [redacted] ${after}`);
      }),
    );
  });

  it.each([
    ['in another case', KEY.toLowerCase()],
    ['with its accents in another case', 'ÉTÉ À LA PLAGE', 'été à la plage'],
    ['as a form sends blanks', 'a long pass phrase', 'a+long+pass+phrase'],
    ['as a form reads a plus sign', KEY, KEY.replace('+', ' ')],
  ])('takes it out %s', (_, secret, shown = secret.toUpperCase()) => {
    expect(createRedactor([secret]).redact(`key ${shown}.`)).toBe('key [redacted].');
  });

  it.each(['\u200b', '\u00ad', '\u0000', '\u2060', '\u202a', '\ufe0f', '\u{e0041}'])(
    'takes out a secret whose letters %j divides, which is left out where the text is shown',
    (unseen) => {
      const secret = 'km-Sec7ret-9f3a2b1c';
      const { redact } = createRedactor([secret]);
      for (const size of [1, 3, 7]) {
        const divided = (secret.match(new RegExp(`.{1,${size}}`, 'g')) ?? []).join(unseen);
        expect(redact(`${unseen}k refused: ${divided}.`)).toBe(`${unseen}k refused: [redacted].`);
      }
    },
  );

  it('takes out secrets that overlap, and one that begins another', () => {
    const { redact } = createRedactor(['abcdefghij', 'ghijklmnop', 'abcdefghijXYZ']);
    expect(redact('<abcdefghijklmnop>')).toBe('<[redacted]>');
    expect(redact('<abcdefghijxyz>')).toBe('<[redacted]>');
  });

  it('takes out a secret of 4 to 7 characters where it stands by itself, and none that is shorter', () => {
    const { redact } = createRedactor(['test', 'k7', 'abc']);
    expect(redact('password "test" is wrong, test=test')).toBe('password "[redacted]" is wrong, [redacted]=[redacted]');
    expect(redact('the latest tests of k7 and abc')).toBe('the latest tests of k7 and abc');
    expect(redact(`Basic ${Buffer.from('me:test').toString('base64')}`)).not.toContain('OnRlc3');
  });

  it('keeps the words that craftsync says everywhere, although they are part of a secret', () => {
    const { redact } = createRedactor(['craftsync-4711-rosebud', 'postgres']);
    expect(redact('run craftsync apply; postgres://postgres:craftsync-4711-rosebud@db')).toBe(
      'run craftsync apply; postgres://postgres:[redacted]@db',
    );
  });

  describe('a secret that is a word of our own messages', () => {
    const ownWord = fc.constantFrom(...OWN_WORDS);
    const inAnyCase = (word: string) => [word, word.toUpperCase(), `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`];

    it('leaves our messages as they are', () => {
      fc.assert(
        fc.property(ownWord, fc.array(ownWord, { minLength: 1, maxLength: 8 }), (secret, words) => {
          const { redact } = createRedactor([secret]);
          for (const text of [
            words.join(' '),
            `the ${secret} is ready`,
            `${secret}; run craftsync ${secret}, then wait`,
          ])
            expect(redact(text)).toBe(text);
          const line = JSON.stringify({ level: 30, phase: secret, msg: `the ${secret} has stopped` });
          expect(redact(line)).toBe(line);
        }),
      );
    });

    it.each<[string, (word: string) => string]>([
      ['the password of an address', (word) => `postgres://me:${word}@db:5432/x refuses`],
      ['a token before a host', (word) => `https://${word}@git.example/x`],
      ['a user and password', (word) => `me:${word}@db`],
      ['a variable', (word) => `PGPASSWORD=${word} psql`],
      ['a line of YAML', (word) => `  apiKey: ${word}`],
      ['JSON', (word) => JSON.stringify({ password: word, at: 'db' })],
      ['JSON in JSON', (word) => JSON.stringify(JSON.stringify({ api_key: word }))],
      ['a query', (word) => `GET /x?access_token=${word}&page=1`],
      ['a query in percent codes', (word) => encodeURIComponent(`/x?access_token=${word}&page=1`)],
      ['a header', (word) => `x-craft-api-key: ${word}`],
      ['a Bearer token', (word) => `Authorization: Bearer ${word}`],
      ['a list of headers', (word) => `"x-api-key":["${word}"]`],
      ['a header as a pair', (word) => `["x-api-key","${word}"]`],
      ['a header as an object', (word) => `{"name":"x-api-key","value":"${word}"}`],
      ['a header as gRPC shows it', (word) => `x_api_key ${word}`],
      ['XML', (word) => `<password>${word}</password>`],
      ['SQL', (word) => `IDENTIFIED BY '${word}'`],
      ['HTML', (word) => `<b>the password &quot;${word}&quot; is wrong</b>`],
      ['quotes', (word) => `password '${word}' is wrong`],
      ['an option', (word) => `craftsync --token ${word}`],
    ])('is taken out where a credential stands: %s', (_, textWith) => {
      fc.assert(
        fc.property(ownWord, (secret) => {
          for (const shown of inAnyCase(secret)) {
            const safe = createRedactor([secret]).redact(textWith(shown));
            expect(safe).toContain('[redacted]');
            expect(safe.length).toBeLessThan(textWith(shown).length + '[redacted]'.length);
            expect(safe).not.toBe(textWith(shown));
          }
          const other = createRedactor([secret]).redact(textWith('what'));
          if (secret !== 'what') expect(other).toBe(textWith('what'));
        }),
      );
    });

    it('is taken out in base64, too', () => {
      fc.assert(
        fc.property(ownWord, (secret) => {
          const coded = Buffer.from(`me:${secret}`).toString('base64');
          expect(createRedactor([secret]).redact(`Basic ${coded}`)).not.toContain(coded);
        }),
      );
    });

    it('is no excuse for a longer secret that begins or ends with it', () => {
      fc.assert(
        fc.property(ownWord, fc.stringMatching(/^[-_.0-9]{1,6}$/), fc.boolean(), (word, more, isFirst) => {
          const secret = isFirst ? `${word}${more}` : `${more}${word}`;
          fc.pre(secret.length >= PART);
          expect(createRedactor([secret]).redact(`tried ${secret} twice`)).toBe('tried [redacted] twice');
        }),
      );
    });
  });

  it('keeps what it was told before', () => {
    const redactor = createRedactor(['the-old-key-1234']);
    redactor.add(['the-new-key-5678', null, undefined, ' ']);
    expect(redactor.redact('the-old-key-1234 the-new-key-5678')).toBe('[redacted] [redacted]');
  });

  it('changes nothing in its own output', () => {
    const { redact } = createRedactor(['[redacted]', 'redacted-redacted']);
    expect(redact('[redacted] said')).toBe('[redacted] said');
  });

  it.each([
    ['plain text', 'The quick brown fox jumps over the lazy dog. '],
    ['nothing but escapes of three kinds', '%26amp%3B&#37;41\\u0025\\/'],
    ['the beginnings of keys', KEY.slice(0, PART - 1)],
    ['keys', `${KEY} `],
  ])('reads 1 MB of %s for 20 keys to its end', (_, piece) => {
    const keys = Array.from({ length: 20 }, (_each, index) => `${KEY}-${index * 7919}`);
    const { redact } = createRedactor(keys);
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    expect(redact(text)).not.toContain(KEY.slice(0, PART));
  });
});
