import { ControlError } from './control-error.js';
import { type ControlRequest } from './control-routes.js';
import { isWholeNumber, type JsonObject } from './json-object.js';
import { type Simulation } from './simulation.js';
import { type WebhookFaults } from './webhooks.js';

export function readWebhooks({ webhooks }: Simulation): unknown {
  return { isOn: webhooks.isOn, ...webhooks.faults, sent: webhooks.sent };
}

/** What a body leaves out stays unchanged; `url: null` stops the webhooks. */
export function changeWebhooks(simulation: Simulation, { body }: ControlRequest): unknown {
  const { url, token, secret, reorder } = body;
  for (const [name, value] of Object.entries({ token, secret })) {
    if (value !== undefined && typeof value !== 'string') throw new ControlError(`${name}: must be a string`);
  }
  if (reorder !== undefined && typeof reorder !== 'boolean') throw new ControlError('reorder: must be true or false');
  const { webhooks } = simulation;
  const numbers = numbersIn(body);
  if (url === null) webhooks.sendTo(undefined);
  else if (typeof url === 'string' && URL.canParse(url)) {
    webhooks.sendTo({
      url,
      ...(typeof token === 'string' ? { token } : {}),
      ...(typeof secret === 'string' ? { secret } : {}),
    });
  } else if (url !== undefined) throw new ControlError('url: must be a URL, or null for none');
  webhooks.setFaults({ ...numbers, ...(reorder === undefined ? {} : { reorder }) });
  return readWebhooks(simulation);
}

function numbersIn(body: JsonObject): Partial<WebhookFaults> {
  const read: Record<string, number> = {};
  for (const name of ['loseOneIn', 'repeat', 'delayMs', 'recordsLagMs']) {
    const value = body[name];
    if (value === undefined) continue;
    if (!isWholeNumber(value, 0)) throw new ControlError(`${name}: must be a whole number`);
    read[name] = value;
  }
  return read;
}
