import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readComposeFile } from '../../test/compose-file.js';
import { environmentVariables, readEnvironment } from './read-environment.js';
import { declaredVariables } from './variable.js';

const compose = readComposeFile('docker-compose.yml');
const dockerfile = readFileSync('Dockerfile', 'utf8');

/** Set by the image: inside its container the service listens on the ports that docker-compose.yml publishes. */
const OF_THE_IMAGE: ReadonlySet<string> = new Set(['HOST', 'PORT']);

/** Read by OpenTelemetry's SDK alone. */
const OF_THE_SDK = ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_RESOURCE_ATTRIBUTES', 'OTEL_SERVICE_NAME'];

describe('docker-compose.yml', () => {
  it('passes every variable to desk-bff and no other, a secret that may be a file as a file only', () => {
    const expected = declaredVariables
      .filter(({ name }) => !OF_THE_IMAGE.has(name))
      .map(({ name, file }) => (file === true ? `${name}_FILE` : name));
    expect([...compose.service('desk-bff').variables.keys()]).toEqual([...expected, ...OF_THE_SDK]);
  });

  it('leaves to the image only what the image sets', () => {
    for (const name of OF_THE_IMAGE) expect(dockerfile).toMatch(new RegExp(`^ENV .*\\b${name}=`, 'm'));
  });

  it('sets everything for the demo: it starts if nothing else is set', () => {
    const { variables } = compose.service('desk-bff-demo');
    expect(environmentVariables).toEqual(expect.arrayContaining([...variables.keys()]));
    const source = Object.fromEntries(variables);
    const readFile = (path: string): string => readFileSync(compose.secretFile(secretAt(path)), 'utf8');
    expect(readEnvironment(source, readFile)).toMatchObject({ authMode: 'none', deskSdkAppId: 1_400_000_000 });
  });

  it.each(['desk-bff', 'desk-bff-demo'])('mounts for %s only secrets that it names', (name) => {
    const { variables, secrets } = compose.service(name);
    const paths = [...variables.values()].flatMap((value) => /\/run\/secrets\/[\w-]+/.exec(value ?? '') ?? []);
    expect(paths.map(secretAt).sort()).toEqual([...secrets].sort());
  });

  it('gives Prometheus the key that its configuration names', () => {
    const [path = ''] = /\/run\/secrets\/[\w-]+/.exec(readFileSync('deploy/prometheus/prometheus.yml', 'utf8')) ?? [];
    expect(compose.service('prometheus').secrets).toEqual([secretAt(path)]);
  });

  it.each([
    'api-keys',
    'cache-encryption-key',
    'desk-secret-key',
    'desk-secret-key-demo',
    'metrics-key',
    'webhook-path-secret',
    'webhook-tokens',
  ])('has a file for the secret %s even if none is configured', (name) => {
    expect([compose.secretFile(name), existsSync(compose.secretFile(name))]).toEqual([compose.secretFile(name), true]);
  });

  it("mounts Grafana's dashboards where its settings and its provisioning look for them", () => {
    const { mounts, variables } = compose.service('grafana');
    const provisioning = readFileSync('deploy/grafana/provisioning/dashboards/desk-bff.yml', 'utf8');
    const [, folder = ''] = /^\s+path: (\S+)$/m.exec(provisioning) ?? [];
    const home = variables.get('GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH') ?? '';
    for (const path of [
      folder,
      home,
      '/etc/grafana/provisioning/dashboards',
      '/etc/grafana/provisioning/datasources',
    ]) {
      expect([path, existsSync(hostPath(mounts, path))]).toEqual([path, true]);
    }
  });

  it("mounts Prometheus's configuration and the rules that it names", () => {
    const { mounts } = compose.service('prometheus');
    for (const name of ['prometheus.yml', 'alerts.yml']) {
      const path = `/etc/prometheus/${name}`;
      expect([path, existsSync(hostPath(mounts, path))]).toEqual([path, true]);
    }
  });

  it('builds the simulator from a stage of the Dockerfile', () => {
    expect(dockerfile).toMatch(new RegExp(`^FROM \\S+ AS ${compose.service('simulator').target ?? '-'}$`, 'm'));
  });
});

function secretAt(path: string): string {
  return path.replace('/run/secrets/', '');
}

/** The file in the repository that a container finds at `path`. */
function hostPath(mounts: ReadonlyMap<string, string>, path: string): string {
  const [inside, folder] = [...mounts].find(([mount]) => path === mount || path.startsWith(`${mount}/`)) ?? ['', ''];
  return folder === '' ? 'nothing is mounted there' : path.replace(inside, folder);
}
