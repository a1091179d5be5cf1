import { LRUCache } from 'lru-cache';
import { type Found } from '../transcript/reading.js';
import { type Window, windowKey } from '../transcript/window.js';
import { Page } from './page.js';

const OVERHEAD_BYTES = 500;

/** Pages already made, bounded in bytes. Whether one is still true is not known here: the transcript says what it shows. */
export class PageCache {
  private readonly pages: LRUCache<string, Page> | undefined;

  constructor(maxBytes: number) {
    this.pages = maxBytes > 0 ? new LRUCache({ maxSize: maxBytes }) : undefined;
  }

  /** The page that shows what was found, made only where the one at hand shows something else. */
  page(sessionId: string, window: Window, found: Found): Page {
    const key = `${windowKey(window)}:${sessionId}`;
    const held = this.pages?.get(key);
    if (held?.shows(found) === true) return held;
    const page = new Page(sessionId, window, found, (grown) => {
      if (this.pages?.peek(key) === grown) this.keep(key, grown);
    });
    this.keep(key, page);
    return page;
  }

  private keep(key: string, page: Page): void {
    this.pages?.set(key, page, { size: page.byteLength + OVERHEAD_BYTES });
  }
}
