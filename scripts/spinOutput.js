/** Reads what a verifier that Spin made prints, and says whether it is what was expected. */

/** Null where the output is not that of a verifier that came to its end. */
export function readVerifier(output) {
  const number = (pattern) => Number(pattern.exec(output)?.[1] ?? Number.NaN);
  const result = {
    states: number(/^\s*(\d+) states, stored/m),
    transitions: number(/^\s*(\d+) transitions/m),
    depth: number(/depth reached (\d+)/),
    errors: number(/errors: (\d+)/),
    megabytes: number(/^\s*([\d.]+)\s+total actual memory usage/m),
    seconds: number(/elapsed time ([\d.]+) seconds/),
  };
  if (Object.values(result).some(Number.isNaN)) return null;
  const error = /^pan:\d+: (.+?) \(at depth \d+\)/m.exec(output)?.[1] ?? null;
  const isWhole = !/Search not completed|max search depth too small|hash conflicts.*bitstate|out of memory/.test(
    output,
  );
  return { ...result, error, isWhole, unreached: readUnreached(output) };
}

/** By proctype: the places, as `create.pml:12`, of statements that no run has come to. */
function readUnreached(output) {
  const unreached = new Map();
  for (const [, name, lines] of output.matchAll(/^unreached in (?:proctype|init) ?(\S*)\n((?:\t.*\n)*)/gm)) {
    const places = [...lines.matchAll(/^\t(\S+?:\d+), state/gm)].map(([, place]) => place);
    if (places.length > 0) unreached.set(name, [...new Set(places)]);
  }
  return unreached;
}

/** The labels of a model whose first statement no run has come to. `source`: the text of `file`. */
export function unreachedLabels(labels, { file, source, unreached }) {
  const lines = source.split('\n');
  const places = new Set([...unreached.values()].flat());
  return labels.filter((label) => {
    const at = lines.findIndex((line) => line.startsWith(`${label}:`));
    if (at === -1) return true;
    const isStatement = (line) => line.trim() !== '' && !/^\s*(\/\*|\*|#|if$|atomic \{$)/.test(line);
    const statement = at + 1 + lines.slice(at + 1).findIndex(isStatement);
    return places.has(`${file}:${statement + 1}`);
  });
}

/** Null: as expected; else what is wrong. `breaks`: the invariant that a mutant is to break; absent for a model. */
export function verdict(result, { breaks, missing = [] }) {
  if (result === null) return 'the verifier came to no end';
  if (breaks === undefined) {
    if (result.errors > 0) return result.error ?? 'an error';
    if (!result.isWhole) return 'not all states were searched';
    return missing.length === 0 ? null : `never came to ${missing.join(', ')}`;
  }
  if (result.errors === 0) return `not refuted: ${breaks} holds without this guard`;
  return result.error?.startsWith('assertion violated') ? null : `refuted by something else: ${result.error}`;
}
