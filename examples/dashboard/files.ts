import { el } from './dom.js';
import { type RefusalBox } from './refusal-box.js';
import { refuse, type Service } from './service.js';

/** Long enough for every browser to start saving. */
const KEPT_MS = 60_000;

/** Links that save the files of `path`. With a key the page itself downloads them, since a link cannot send headers. */
export function showFiles(place: HTMLElement, service: Service, path: string, refusal: RefusalBox): void {
  const links = (['csv', 'ndjson'] as const).map((format) => {
    const file = `${path}${path.includes('?') ? '&' : '?'}format=${format}`.replace('?&', '?');
    const anchor = el('a', '', format.toUpperCase());
    anchor.href = service.address(file);
    // An error page opens in another tab and does not replace this one.
    anchor.target = '_blank';
    anchor.rel = 'noopener';
    if (service.key === '') return anchor;
    const save = (): void => {
      saveThrough(service, file).catch((error: unknown) => {
        refusal.show(error, save);
      });
    };
    anchor.addEventListener('click', (event) => {
      event.preventDefault();
      save();
    });
    return anchor;
  });
  place.replaceChildren('Save ', ...links);
}

/** Holds the whole file in memory: browsers have no other way to save an answer to a request with headers. */
async function saveThrough(service: Service, path: string): Promise<void> {
  const response = await service.ask(path);
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  // An incomplete file is an error.
  const blob = await response.blob().catch(refuse());
  const anchor = el('a', '');
  anchor.href = URL.createObjectURL(blob);
  anchor.download = name ?? 'file';
  anchor.click();
  setTimeout(() => {
    URL.revokeObjectURL(anchor.href);
  }, KEPT_MS);
}
