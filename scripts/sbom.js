/**
 * `npm run sbom`: a CycloneDX document of what runs in production, on stdout. `npm sbom --omit dev` would leave out
 * each package that something for development needs as well, zod and Temporal's SDK among them; so all are asked for,
 * and those go that npm itself marks as for development alone.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOR_DEVELOPMENT = 'cdx:npm:package:development';
const ASK = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];

const bom = JSON.parse(execFileSync('npm', ASK, { cwd: ROOT, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 }));
const components = bom.components.filter(
  ({ properties = [] }) => !properties.some(({ name, value }) => name === FOR_DEVELOPMENT && value === 'true'),
);
const refs = new Set([bom.metadata.component['bom-ref'], ...components.map((one) => one['bom-ref'])]);
const dependencies = bom.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }));
process.stdout.write(`${JSON.stringify({ ...bom, components, dependencies }, null, 2)}\n`);
