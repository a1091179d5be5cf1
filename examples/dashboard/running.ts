import { byId, el, time } from './dom.js';
import { sessionRow } from './session-list.js';
import { Refusal, type Service } from './service.js';

const EVERY_MS = 5000;

/** The running sessions that webhooks reported; hidden if the service gets no webhooks. */
export function showRunning(service: Service): void {
  const section = byId('running', HTMLElement);
  const rows = byId('running-rows', HTMLUListElement);
  const look = async () => {
    try {
      const { sessions } = await service.runningSessions();
      rows.replaceChildren(
        ...sessions.map(({ id, lastEventAt }) =>
          sessionRow(id, [el('span', 'facts', 'last event ', time(lastEventAt, 'medium'))]),
        ),
      );
      section.hidden = sessions.length === 0;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      section.hidden = true;
      // No webhook is set up, and none will be while this service runs.
      if (error.status === 404) return;
    }
    setTimeout(() => void look(), EVERY_MS);
  };
  void look();
}
