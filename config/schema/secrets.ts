/**
 * The secret values of `craftsync.yaml`. They are never echoed, only their mistake is: what people paste around a key,
 * or leave in its place, is nothing secret.
 */
import { EMPTY_VALUE } from './issues.js';
import { single, type Reading } from './values.js';

/** An API key: it must fit into an HTTP header. */
export const ApiKey = single((given) => {
  const reading = readSecret(given);
  if ('wrong' in reading) return reading;
  const { value } = reading;
  if (/^(bearer|token|basic|apikey)\s/i.test(value))
    return { wrong: `begins with the word "${value.split(/\s/)[0] ?? ''}": write the key alone` };
  if (!/^[\x21-\x7e]+$/.test(value))
    return { wrong: 'contains a blank or a character that no API key has: copy the key again' };
  return reading;
});

/** Any other secret text. */
export const SecretText = single(readSecret);

function readSecret(given: unknown): Reading<string> {
  if (typeof given !== 'string')
    return { wrong: 'must be a text: put it in quotes, or take it from the environment with ${NAME}' };
  const secret = given.trim();
  if (secret === '') return { wrong: EMPTY_VALUE };
  const variable = variableIn(secret);
  if (variable !== null && IS_PLAIN_NAME.test(variable))
    return { wrong: `is the name of a variable, ${secret}, and not its value: meant as "\${${variable}}"?` };
  if (variable !== null) return { wrong: LIKE_A_VARIABLE };
  if (isQuoted(secret))
    return {
      wrong:
        'has quote marks around it: take them out (Docker keeps those of an env file, and they belong to the key then)',
    };
  if (/^<.*>$|^[.…]+$|^\*+$/.test(secret)) return { wrong: 'is a place holder: put the real one there' };
  return { value: secret };
}

/** How shells, Windows, PowerShell, templates and CI write a variable that nothing replaced. */
const VARIABLES = [
  /^\$\{([A-Za-z_]\w*)\}$/,
  /^\$([A-Za-z_]\w*)$/,
  /^%([A-Za-z_]\w*)%$/,
  /^\$env:([A-Za-z_]\w*)$/i,
  /^\$?\{\{\s*(?:secrets\.|env\.)?([A-Za-z_]\w*)\s*\}\}$/,
  /^\$\(([A-Za-z_]\w*)\)$/,
  /^\{([A-Z_][A-Z0-9_]*)\}$/,
];

/** Such a name is shown: no secret consists of words in capitals. */
const IS_PLAIN_NAME = /^[A-Z]+(?:_+(?:[A-Z]+|\d+(?![A-Z])))*$/;
/** Passwords mix them so, and hardly anybody names a variable like that. */
const HAS_DIGIT_IN_WORD = /\p{L}\d|\d\p{L}/u;
const LIKE_A_VARIABLE =
  'looks like the name of a variable, and not like its value: write ${NAME}; ' +
  'a secret of letters alone with such signs around it cannot be used: have another one made';

/**
 * The name of the variable that a text stands for, whose value nobody put there; null for any other text. What has
 * digits within its words is a secret, whatever signs are around it.
 */
export function variableIn(text: string): string | null {
  for (const form of VARIABLES) {
    const name = form.exec(text.trim())?.[1];
    if (name !== undefined) return HAS_DIGIT_IN_WORD.test(name) ? null : name;
  }
  return null;
}

function isQuoted(text: string): boolean {
  return /^["'`\u2018-\u201f\u00ab\u00bb].*["'`\u2018-\u201f\u00ab\u00bb]$/.test(text);
}
