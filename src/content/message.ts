import type { DeskMessage } from '../desk/commands/describe-chat-messages.js';
import type { Content } from './content.js';
import { toTextLine } from './text-line.js';
import { toContents } from './to-content.js';

export type SenderRole = 'user' | 'agent' | 'system' | 'unknown';

export interface Sender {
  readonly id: string | null;
  readonly role: SenderRole;
}

/** A message of a session as we answer it, but for its position, which only the transcript knows. */
export interface Message {
  readonly sender: Sender;
  readonly sentAt: string;
  readonly text: string;
  readonly content: readonly Content[];
}

const ROLES: ReadonlyMap<unknown, SenderRole> = new Map([
  [1, 'user'],
  [2, 'agent'],
  [3, 'system'],
]);

export function toMessage(desk: DeskMessage): Message {
  const content = toContents(desk.msgBody);
  return {
    sender: { id: desk.fromAccount, role: ROLES.get(desk.fromAccountRole) ?? 'unknown' },
    sentAt: new Date(desk.timestamp).toISOString(),
    text: toTextLine(content),
    content,
  };
}
