import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFileText } from '../../config/fileText.js';
import { temporaryFolder } from '../fixtures/configurationFile.js';

function saved(bytes: Uint8Array): string {
  const path = join(temporaryFolder(), 'craftsync.yaml');
  writeFileSync(path, bytes);
  return path;
}

function refusalOf(bytes: Uint8Array): string {
  const path = saved(bytes);
  try {
    readFileText(path);
  } catch (error) {
    return error instanceof Error ? error.message.replace(path, 'craftsync.yaml') : String(error);
  }
  throw new Error('the file was accepted');
}

const TEXT = 'craft:\n  note: Geprüft\n';

describe('config/fileText', () => {
  it('reads UTF-8 with and without its mark', () => {
    expect(readFileText(saved(Buffer.from(TEXT)))).toBe(TEXT);
    expect(readFileText(saved(Buffer.from(`\ufeff${TEXT}`)))).toBe(TEXT);
  });

  it.each([
    ['UTF-16 (little-endian)', Buffer.from(`\ufeff${TEXT}`, 'utf16le'), 'it is saved as UTF-16'],
    ['UTF-16 (big-endian)', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16(), 'it is saved as UTF-16'],
    ['UTF-16 without a mark', Buffer.from(TEXT, 'utf16le'), 'line 1 holds a zero byte, as UTF-16 does'],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), 'it is saved as UTF-32'],
    ['Latin-1', Buffer.from(TEXT, 'latin1'), 'line 2 holds the byte 0xFC, as Latin-1 or Windows-1252 does'],
    [
      'a cut-off character',
      Buffer.from(TEXT).subarray(0, 20),
      'line 2 holds the byte 0xC3, as Latin-1 or Windows-1252 does',
    ],
  ])('refuses %s and says where it shows', (_, bytes, why) => {
    expect(refusalOf(bytes)).toBe(`craftsync.yaml is not UTF-8: ${why}; save it as UTF-8`);
  });
});
