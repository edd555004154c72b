import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../config/deployment.js';
import { deploymentSecrets, environmentSecrets, secretUrlParts } from '../../config/secretValues.js';
import { createRedactor } from '../../domain/redaction/redactor.js';

describe('config/secretValues', () => {
  it.each([
    ['CRAFTSYNC_TOKEN', ' listener-token-1 ', 'listener-token-1'],
    ['TEMPORAL_API_KEY', 'temporal-key-1', 'temporal-key-1'],
    ['TEMPORAL_GRPC_META_AUTHORIZATION', 'Bearer meta-token-1', 'meta-token-1'],
    [
      'TEMPORAL_TLS_CLIENT_KEY_DATA',
      '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\n-----END PRIVATE KEY-----',
      'MIGHAgEAMBMG',
    ],
    ['CRAFTSYNC_ENCRYPTION_KEYS', 'a:Zm9vYmFyMTIz, b:cXV4cXV1eDQ1', 'cXV4cXV1eDQ1'],
    ['PGPASSWORD', 'pg-password-1', 'pg-password-1'],
    ['DATABASE_URL', 'postgres://me:a%2Fpass%20word@db:5432/x', 'a/pass word'],
    ['DATABASE_URL', 'postgres://me:50%-p@ss/word#1@db:5432/x', '50%-p@ss/word#1'],
    ['DATABASE_URL', 'postgres://db/x?user=me&password=behind-the-host', 'behind-the-host'],
  ])('finds the secret in %s', (name, value, secret) => {
    expect(createRedactor(environmentSecrets({ [name]: value })).redact(`<${secret}>`)).toBe('<[redacted]>');
  });

  it('takes the word that turns encryption on and off for no secret', () => {
    const keys = 'none,k1:cXV4cXV1eDQ1';
    expect(environmentSecrets({ CRAFTSYNC_ENCRYPTION_KEYS: keys })).not.toContain('none');
    const { redact } = createRedactor(environmentSecrets({ CRAFTSYNC_ENCRYPTION_KEYS: keys }));
    expect(redact('apiKey: none')).toBe('apiKey: none');
  });

  it('finds those of the addresses that a command was resolved to', () => {
    const connectionOptions = {
      address: 't:7233',
      apiKey: 'key-of-a-profile',
      metadata: { 'x-gate': 'Bearer gate-4711' },
    };
    const temporal = { address: 't:7233', namespace: 'default', connectionOptions };
    const deployment = { databaseUrl: 'postgres://c:stack-password@h/d', temporal } as unknown as Deployment;
    expect(deploymentSecrets(deployment)).toEqual(
      expect.arrayContaining(['stack-password', 'key-of-a-profile', 'gate-4711']),
    );
  });

  it('takes the parts of a secret address that nobody can guess, and leaves its host and words', () => {
    const { redact } = createRedactor(
      secretUrlParts('https://hooks.chat.example/services/T0AAB1/Xk29zQwLm?sig=p%2Bq8r7s6'),
    );
    expect(redact('POST https://hooks.chat.example/services/T0AAB1/Xk29zQwLm?sig=p%2Bq8r7s6 of our services')).toBe(
      'POST https://hooks.chat.example/services/[redacted]/[redacted]?sig=[redacted] of our services',
    );
  });
});
