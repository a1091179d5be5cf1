import { el } from './dom.js';
import { type RefusalBox } from './refusal-box.js';
import { refuse, type Service } from './service.js';

/** Long enough for every browser to have begun to save. */
const KEPT_MS = 60_000;

/** Saves all there is at `path`: by a plain link, or with a key, which a link cannot send, through the page. */
export function showFiles(place: HTMLElement, service: Service, path: string, refusal: RefusalBox): void {
  const links = (['csv', 'ndjson'] as const).map((format) => {
    const file = `${path}${path.includes('?') ? '&' : '?'}format=${format}`.replace('?&', '?');
    const anchor = el('a', '', format.toUpperCase());
    anchor.href = service.address(file);
    // A refusal opens beside the page and not instead of it.
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

/** The whole file is in memory for a moment: a browser offers no other way to save what needs a header. */
async function saveThrough(service: Service, path: string): Promise<void> {
  const response = await service.ask(path);
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  // A file that breaks off is none.
  const blob = await response.blob().catch(refuse());
  const anchor = el('a', '');
  anchor.href = URL.createObjectURL(blob);
  anchor.download = name ?? 'file';
  anchor.click();
  setTimeout(() => {
    URL.revokeObjectURL(anchor.href);
  }, KEPT_MS);
}
