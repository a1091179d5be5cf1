/** A message as describe_chat_messages returns it. Sessions hold `unknown`: a test may set anything. */
export interface WireMessage {
  readonly FromAccount: string;
  readonly FromAccountRole: number;
  readonly MsgBody: readonly WireElement[];
  readonly Timestamp: number;
}

export interface WireElement {
  readonly MsgType: string;
  readonly MsgContent: Readonly<Record<string, unknown>>;
}

export const USER = 1;
export const AGENT = 2;
export const SYSTEM = 3;

export function message(account: string, role: number, timestamp: number, ...body: WireElement[]): WireMessage {
  return { FromAccount: account, FromAccountRole: role, MsgBody: body, Timestamp: timestamp };
}

/** A user's line of text: what most tests need. */
export function textMessage(text: string, timestamp: number): WireMessage {
  return message('8618655061639', USER, timestamp, textElement(text));
}

export function textElement(text: string): WireElement {
  return { MsgType: 'TIMTextElem', MsgContent: { Text: text } };
}

/** A Desk plug-in message: its Data is JSON inside a string. */
export function deskCard(src: string | number, more: Readonly<Record<string, unknown>> = {}): WireElement {
  return customElement(JSON.stringify({ customerServicePlugin: 0, src, ...more }));
}

export function botCard(src: number, more: Readonly<Record<string, unknown>>): WireElement {
  return customElement(JSON.stringify({ chatbotPlugin: 1, src, ...more }));
}

export function customElement(data: string, desc = '', ext = '', sound = ''): WireElement {
  return { MsgType: 'TIMCustomElem', MsgContent: { Data: data, Desc: desc, Ext: ext, Sound: sound } };
}
