import { startSimulator } from './simulator.js';

const { SIMULATOR_HOST: host = '127.0.0.1', SIMULATOR_PORT: port = '8787' } = process.env;
const { SIMULATOR_WEBHOOK_URL: url, SIMULATOR_WEBHOOK_TOKEN: token, SIMULATOR_WEBHOOK_SECRET: secret } = process.env;
const webhook = url && { url, ...(token ? { token } : {}), ...(secret ? { secret } : {}) };

if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
  process.stderr.write('SIMULATOR_PORT must be a port number\n');
  process.exit(1);
}

try {
  const desk = await startSimulator({ host, port: Number(port), ...(webhook ? { webhook } : {}) });
  process.stdout.write(`desk simulator on ${desk.url} (SDKAppID ${desk.sdkAppId}, identifier ${desk.identifier})\n`);
  const stop = () => void desk.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  process.stderr.write(`desk simulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
