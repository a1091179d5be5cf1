import { Conversation } from './conversation.js';
import { byId } from './dom.js';
import { showRunning } from './running.js';
import { Service } from './service.js';
import { markCurrent, SessionList } from './session-list.js';

const { url } = (await (await fetch('service.json')).json()) as { readonly url: string };
const service = new Service(url, () => {
  byId('key', HTMLFormElement).hidden = false;
});
const list = new SessionList(service);
const conversation = new Conversation(service);

/** `#/<id>` in the address is the open session, so that it can be linked and the browser's "back" works. */
function openAddressed(): void {
  if (location.hash !== '' && !location.hash.startsWith('#/')) return;
  const id = decoded(location.hash.slice(2));
  document.body.classList.toggle('open', id !== '');
  document.querySelectorAll<HTMLAnchorElement>('.rows a').forEach(markCurrent);
  if (id === '') {
    conversation.close();
    return;
  }
  conversation.open(id);
  byId('conversation', HTMLElement).focus({ preventScroll: true });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Typed by hand and malformed: the service's error explains it.
    return text;
  }
}

function onSubmit(id: string, field: string, then: (value: string) => void): void {
  const form = byId(id, HTMLFormElement);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const value = new FormData(form).get(field);
    then(typeof value === 'string' ? value.trim() : '');
  });
}

onSubmit('open', 'id', (id) => {
  location.hash = `#/${encodeURIComponent(id)}`;
});
onSubmit('key', 'key', (key) => {
  service.key = key;
  list.show();
  openAddressed();
});
addEventListener('hashchange', openAddressed);
list.show();
showRunning(service);
openAddressed();
