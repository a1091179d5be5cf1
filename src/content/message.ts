import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type DeskMessage } from '../desk/commands/describe-chat-messages.js';
import { type Content, toContents } from './content.js';
import { toTextLine } from './text-line.js';

const SENDER_ROLES = ['user', 'agent', 'system', 'unknown'] as const;

type SenderRole = (typeof SENDER_ROLES)[number];

@ApiSchema({ name: 'Sender' })
export class Sender {
  @ApiProperty({ type: String, nullable: true, example: '8618655061639', description: 'May be personal data' })
  declare readonly id: string | null;

  @ApiProperty({ enum: SENDER_ROLES, example: 'user' })
  declare readonly role: SenderRole;
}

/** A message as it is served, without its position, which only the transcript knows. */
export interface Message {
  readonly sender: Sender;
  readonly sentAt: string;
  readonly text: string;
  readonly content: readonly Content[];
}

const ROLES_BY_NUMBER: ReadonlyMap<unknown, SenderRole> = new Map([
  [1, 'user'],
  [2, 'agent'],
  [3, 'system'],
]);

export function toMessage(desk: DeskMessage): Message {
  const content = toContents(desk.msgBody);
  return {
    sender: { id: desk.fromAccount, role: ROLES_BY_NUMBER.get(desk.fromAccountRole) ?? 'unknown' },
    sentAt: new Date(desk.timestamp).toISOString(),
    text: toTextLine(content),
    content,
  };
}
