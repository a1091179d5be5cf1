import { get as open } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const SESSIONS = 10;
const FOLLOWERS_PER_SESSION = 3;
const GROWS_EVERY_MS = 400;
const COME_BACK_MS = 500;
/** How long after the last message and the last fault every follower must have everything. */
const LAST_MS = 60_000;

/** Growing sessions, and clients that follow them through all faults: in the end each has the desk's own log. */
export class Followers {
  #desk;
  #logs = Array.from({ length: SESSIONS }, () => []);
  #followers = [];
  #growing;

  constructor(desk, replicas) {
    this.#desk = desk;
    for (let session = 0; session < SESSIONS; session++) {
      desk.setSession(nameOf(session), []);
      for (let i = 0; i < FOLLOWERS_PER_SESSION; i++) this.#followers.push(new Follower(nameOf(session), replicas));
    }
    this.#growing = setInterval(() => this.#grow(), GROWS_EVERY_MS);
  }

  /** The faults in what they received, and how often they reconnected. */
  async end() {
    clearInterval(this.#growing);
    const until = Date.now() + LAST_MS;
    const isWhole = (follower, i) => follower.messages.length >= this.#logOf(i).length;
    while (Date.now() < until && !this.#followers.every(isWhole)) await sleep(100);
    const faults = this.#followers.flatMap((follower, i) => {
      follower.leave();
      return follower.faults(this.#logOf(i)).map((fault) => `follower ${i} of ${follower.session}: ${fault}`);
    });
    const connections = this.#followers.reduce((sum, follower) => sum + follower.connections, 0);
    return { faults, connections, messages: this.#followers.reduce((sum, { messages }) => sum + messages.length, 0) };
  }

  #logOf(follower) {
    return this.#logs[Math.floor(follower / FOLLOWERS_PER_SESSION)];
  }

  #grow() {
    const session = Math.floor(Math.random() * SESSIONS);
    const log = this.#logs[session];
    const text = `message ${log.length} of ${session}`;
    log.push(text);
    this.#desk.append(nameOf(session), {
      FromAccount: 'ann',
      FromAccountRole: 1,
      Timestamp: Date.now(),
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }],
    });
  }
}

class Follower {
  messages = [];
  connections = 0;
  resets = 0;
  #replicas;
  #lastEventId = '';
  #outgoing;
  #hasLeft = false;

  constructor(session, replicas) {
    this.session = session;
    this.#replicas = replicas;
    void this.#follow();
  }

  leave() {
    this.#hasLeft = true;
    this.#outgoing?.destroy();
  }

  faults(log) {
    const faults = [];
    const wrong = this.messages.findIndex(({ position, text }, i) => position !== i || text !== log[i]);
    if (wrong >= 0) faults.push(`message ${wrong} is position ${this.messages[wrong].position}`);
    if (this.messages.length !== log.length) faults.push(`${this.messages.length} messages instead of ${log.length}`);
    if (this.resets > 0) faults.push(`${this.resets} resets`);
    return faults;
  }

  async #follow() {
    while (!this.#hasLeft) {
      await this.#connect();
      await sleep(COME_BACK_MS);
    }
  }

  /** One stream to its end, at the next replica in turn. */
  #connect() {
    const { url } = this.#replicas[Math.floor(Math.random() * this.#replicas.length)];
    const headers = this.#lastEventId === '' ? {} : { 'last-event-id': this.#lastEventId };
    return new Promise((resolve) => {
      this.#outgoing = open(
        `${url}/sessions/${this.session}/messages/stream?from=0`,
        { agent: false, headers },
        (answer) => {
          let rest = '';
          answer.setEncoding('utf8').on('data', (text) => {
            const events = (rest + text).split('\n\n');
            rest = events.pop();
            if (answer.statusCode === 200) for (const event of events) this.#take(event);
          });
          answer.on('error', () => undefined).on('close', resolve);
          if (answer.statusCode === 200) this.connections += 1;
        },
      ).on('error', resolve);
    });
  }

  #take(event) {
    const id = /^id: ?(.*)$/m.exec(event)?.[1];
    if (id !== undefined) this.#lastEventId = id;
    const name = /^event: (.*)$/m.exec(event)?.[1];
    if (name === 'reset') this.resets += 1;
    if (name === 'messages') this.messages.push(...JSON.parse(/^data: (.*)$/m.exec(event)[1]).messages);
  }
}

function nameOf(session) {
  return `followed-${session}`;
}
