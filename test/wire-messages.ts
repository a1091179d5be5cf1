export interface WireMessage {
  readonly FromAccount: string;
  readonly FromAccountRole: number;
  readonly Timestamp: number;
  readonly MsgBody: readonly unknown[];
}

const START = Date.UTC(2026, 0, 1);

/** Messages `first` up to `first + count` of a session, as the desk has them; each text is its own position. */
export function wireMessages(first: number, count: number, text = (position: number) => `m${position}`): WireMessage[] {
  return Array.from({ length: count }, (_, i) => ({
    FromAccount: `user${(first + i) % 3}`,
    FromAccountRole: 1,
    Timestamp: START + (first + i) * 1000,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: text(first + i) } }],
  }));
}
