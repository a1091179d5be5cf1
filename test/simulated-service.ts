import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { type Service, startService } from './service.js';

export interface SimulatedService {
  readonly simulator: Simulator;
  readonly service: Service;
  readonly stop: () => Promise<void>;
}

/** A service with these settings on a simulator of its own. */
export async function startSimulated(settings: Readonly<Record<string, string>> = {}): Promise<SimulatedService> {
  const simulator = await startSimulator();
  const service = await startService({ ...settings, DESK_BASE_URL: simulator.url });
  const stop = async () => {
    await service.kill();
    await simulator.close();
  };
  return { simulator, service, stop };
}
