// Prints the bill of materials (CycloneDX) of what the image ships. `npm sbom --omit dev` would leave out every package
// that a development tool needs too, axios among them; so npm gets a project without development tools to describe.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'sbom-'));
const npm = (...args) => execFileSync('npm', args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 });
try {
  // Overrides with overrides of their own are about development tools, and may name them by `$`.
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  delete manifest.devDependencies;
  manifest.overrides = Object.fromEntries(
    Object.entries(manifest.overrides).filter(([, version]) => typeof version === 'string'),
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  copyFileSync('package-lock.json', join(folder, 'package-lock.json'));
  npm('install', '--package-lock-only', '--ignore-scripts', '--omit=optional', '--omit=peer');
  const sbom = npm('sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application');

  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const shipped = Object.entries(packages).filter(([path, entry]) => path !== '' && !entry.dev && !entry.devOptional);
  // A package that is installed in two places is described once.
  const distinct = new Set(shipped.map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`));
  const described = JSON.parse(sbom).components.length;
  if (described !== distinct.size) throw new Error(`${described} of ${distinct.size} packages are described`);
  process.stdout.write(sbom);
} finally {
  rmSync(folder, { recursive: true });
}
