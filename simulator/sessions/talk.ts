import { type Chance } from './chance.js';
import { agentPhrases, customerPhrases } from './phrases.js';
import { AGENT, deskCard, message, SYSTEM, textElement, USER, type WireMessage } from './wire.js';

/** The next message of an endless conversation: mostly text, sometimes a picture, a card or a system message. */
export function talk(chance: Chance, customer: string, timestamp: number): WireMessage {
  const turn = chance.between(1, 100);
  if (turn <= 50) return message(customer, USER, timestamp, textElement(chance.one(customerPhrases)));
  if (turn <= 90) return message('agent_mei', AGENT, timestamp, textElement(chance.one(agentPhrases)));
  if (turn <= 94) return message(customer, USER, timestamp, picture(chance));
  if (turn <= 97)
    return message(
      'agent_mei',
      AGENT,
      timestamp,
      deskCard('30', { content: '*See* [our help](https://shop.example/help)' }),
    );
  return message('@customer_service_account', SYSTEM, timestamp, deskCard('12', { content: { typing: 1 } }));
}

function picture(chance: Chance) {
  const id = chance.between(100000, 999999);
  const original = {
    Type: 1,
    Size: chance.between(80000, 900000),
    Width: 1080,
    Height: 1440,
    URL: `https://cos.example/${id}/0`,
  };
  const thumbnail = { Type: 3, Size: 12000, Width: 148, Height: 198, URL: `https://cos.example/${id}/198` };
  return {
    MsgType: 'TIMImageElem',
    MsgContent: { UUID: `img-${id}`, ImageFormat: 1, ImageInfoArray: [original, thumbnail] },
  };
}
