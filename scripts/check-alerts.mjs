// promtool checks the alert rules and runs their tests. It comes with Debian's `prometheus` package and from no registry
// of npm, so only CI insists on it.
import { spawnSync } from 'node:child_process';

const folder = 'deploy/prometheus';
const checks = [
  // Syntax only: the scraper's key is a file that exists in the container.
  ['check', 'config', '--syntax-only', `${folder}/prometheus.yml`],
  ['check', 'rules', `${folder}/alerts.yml`],
  ['test', 'rules', `${folder}/alerts.test.yml`],
];
for (const args of checks) {
  const { error, status } = spawnSync('promtool', args, { stdio: 'inherit' });
  if (error?.code === 'ENOENT' && !process.env.CI) {
    console.log('promtool is not installed: the alert rules are not checked (on Debian: apt-get install prometheus)');
    break;
  }
  if (error) throw error;
  if (status !== 0) process.exit(1);
}
