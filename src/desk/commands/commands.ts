import { describeChatMessages } from './describe-chat-messages.js';
import { describeImCdrList } from './describe-im-cdr-list.js';
import { getSessionState } from './get-session-state.js';

/** Every command that this service calls: each has a cool-down and a label in metrics. */
export const commands = [describeChatMessages, describeImCdrList, getSessionState] as const;
