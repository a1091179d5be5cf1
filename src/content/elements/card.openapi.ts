import { getSchemaPath } from '@nestjs/swagger';
import { type CardKind, cardKinds } from './card.js';

const text = { type: 'string' };
const integer = { type: 'integer' };

/** Everything is optional: clients send any payload. */
const fields = (properties: object) => ({ type: 'object', properties, additionalProperties: true });
const list = (properties: object) => ({ type: 'array', items: fields(properties) });

const product = { content: fields({ header: text, desc: text, pic: text, url: text }) };

/** The documented fields of each kind; a control message has none. */
const PAYLOADS: Readonly<Record<Exclude<CardKind, 'control'>, object>> = {
  rating: {
    menuContent: fields({
      head: text,
      tail: text,
      type: { ...integer, description: '1: stars, 2: numbers' },
      menu: list({ id: text, content: text }),
      selected: fields({ id: text, content: text }),
      allowClientSendRating: { type: 'boolean' },
      effectiveHour: { type: 'number' },
      expireTime: { ...integer, description: 'Seconds since 1970' },
      sessionId: text,
    }),
  },
  'rating-result': { menuSelected: fields({ id: text, content: text, sessionId: text }) },
  options: { content: fields({ header: text, title: text, items: list({ content: text, desc: text }), tail: text }) },
  form: {
    content: fields({
      type: { ...integer, description: '1: one of `items`, else an input' },
      header: text,
      items: { type: 'array', items: { type: 'object', additionalProperties: true } },
    }),
  },
  product,
  order: product,
  bot: {
    subtype: { ...text, description: '`welcome_msg`: the welcome card' },
    content: fields({ title: text, items: list({ id: text, content: text, answer: text }) }),
  },
  markdown: { content: { ...text, description: 'Markdown: sanitise what you render' } },
  stream: {
    chunks: { type: 'array', items: text, description: 'The text is all of them, joined' },
    isFinished: { ...integer, description: '1: there is no more to come' },
  },
};

const MARKERS = {
  customerServicePlugin: { description: '0 marks a message of the Desk plug-in' },
  chatbotPlugin: { description: '1 marks a message of the chatbot plug-in' },
  src: { description: 'The kind of the message; `source` has it as a number' },
};

const ANY_PAYLOAD = { type: 'object', additionalProperties: true };

const KINDS = Object.entries(cardKinds).map(([kind, meaning]) => ({ kind, meaning, name: schemaName(kind) }));

/** One schema for each kind of card and one for its payload, and `Card`, the union of them all. */
export const cardSchemas: Readonly<Record<string, object>> = Object.fromEntries<object>([
  ...KINDS.map(({ kind, meaning, name }): [string, object] => [`${name}Card`, cardSchema(kind, meaning, name)]),
  ...Object.entries(PAYLOADS).map(([kind, properties]): [string, object] => [
    `${schemaName(kind)}Payload`,
    { ...fields({ ...MARKERS, ...properties }), description: 'As the desk documents it; the content is not checked.' },
  ]),
  [
    'Card',
    {
      description: 'A message of the Desk plug-in.',
      anyOf: KINDS.map(({ name }) => ({ $ref: getSchemaPath(`${name}Card`) })),
      discriminator: {
        propertyName: 'kind',
        mapping: Object.fromEntries(
          KINDS.map(({ kind, name }): [string, string] => [kind, getSchemaPath(`${name}Card`)]),
        ),
      },
    },
  ],
]);

/** `nullable` next to a reference would forbid null to a strict validator. */
export const CARD_OR_NULL = {
  description: 'null if `data` is not a message of the Desk plug-in',
  anyOf: [{ $ref: getSchemaPath('Card') }, { type: 'null' }],
};

function cardSchema(kind: string, meaning: string, name: string) {
  const documented = Object.hasOwn(PAYLOADS, kind) ? [{ $ref: getSchemaPath(`${name}Payload`) }] : [];
  return {
    type: 'object',
    description: `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`,
    required: ['kind', 'source', 'payload'],
    properties: {
      kind: { type: 'string', enum: [kind] },
      source: { type: 'number', nullable: true, description: "The plug-in's own number, `src`" },
      payload: {
        description: 'The parsed Data, whole. Nesting beyond 1,000 levels is given as JSON text.',
        // The second schema is for undocumented payloads: one odd card must not make the whole page invalid.
        ...(documented.length > 0 ? { anyOf: [...documented, ANY_PAYLOAD] } : ANY_PAYLOAD),
      },
    },
  };
}

/** `rating-result` is `RatingResult`. */
function schemaName(kind: string): string {
  return kind.replaceAll(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
}
